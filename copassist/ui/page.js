// Runs in each gr.HTML whose buttons ask Python for something; `element`, `trigger` and `watch` are
// Gradio's. One listener on the element serves every button in it, also those that stream in later.
// The events are 'open_record', 'feedback' and 'example'; their data is what the button carries.
element.addEventListener('click', (click) => {
  const button = click.target.closest('button[data-do]');
  if (!button || !element.contains(button)) return;
  const what = button.dataset;
  if (what.do === 'open_record') {
    window.copassistOpener = button;
    window.dispatchEvent(new Event('copassist-open'));
    trigger('open_record', { record: what.record, segment: what.segment, quote: what.quote, whole: 'no' });
  } else if (what.do === 'feedback') {
    trigger('feedback', { question: what.question, helped: what.helped, text: '', more: 'no' });
  } else if (what.do === 'example') {
    trigger('example', { question: what.question });
  }
});

element.addEventListener('submit', (submit) => {
  const form = submit.target.closest('form[data-do="feedback"]');
  if (!form) return;
  submit.preventDefault();
  const text = form.elements.text.value;
  trigger('feedback', { question: form.dataset.question, helped: form.dataset.helped, text, more: 'yes' });
});

// A new question comes into view; a growing answer doesn't pull the page away from its reader.
let turns = 0;
watch('value', () => {
  const articles = element.querySelectorAll('.ca-turn');
  if (articles.length > turns) articles[articles.length - 1].scrollIntoView({ block: 'start' });
  turns = articles.length;
});
