// Runs in the gr.HTML of the side panel: shows the quote when a record opens, closes it without
// Python, and gives the focus back to the button that opened it.
const close = () => {
  if (!element.querySelector('.ca-panel')) return;
  props.value = '';
  const opener = window.copassistOpener;
  if (opener && opener.isConnected) opener.focus();
};

element.addEventListener('click', (click) => {
  const button = click.target.closest('button[data-do]');
  if (!button) return;
  const what = button.dataset;
  if (what.do === 'close') close();
  if (what.do === 'open_record') {
    trigger('open_record', { record: what.record, segment: what.segment, quote: what.quote, whole: what.whole || 'no' });
  }
});

document.addEventListener('keydown', (key) => {
  if (key.key === 'Escape') close();
});

const showQuote = () => {
  const panel = element.querySelector('.ca-panel');
  if (!panel) return;
  const quote = panel.querySelector('mark') || panel.querySelector('.ca-cited');
  const body = panel.querySelector('.ca-panel-body');
  panel.querySelector('.ca-panel-title').focus({ preventScroll: true });
  if (!quote) {
    body.scrollTop = 0;
    return;
  }
  const above = quote.getBoundingClientRect().top - body.getBoundingClientRect().top;
  body.scrollTop += above - body.clientHeight / 3;
};
watch('value', showQuote);
// The same record may be asked for again: its value doesn't change, but whoever asks wants to see the quote.
window.addEventListener('copassist-open', showQuote);

// Whoever goes to the picker of who is asking types over what stands there.
document.addEventListener('focusin', (focus) => {
  if (focus.target.closest?.('#ca-me') && focus.target.select) focus.target.select();
});
