"""Ingestion: connectors that read what a community keeps, and the pipeline that stores it."""
