"""Meetings of the community: their notes and transcripts, who was there and who said what."""
