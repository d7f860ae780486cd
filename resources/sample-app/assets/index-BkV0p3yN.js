import { describeBundle, startUpdates } from './updates-DfW2x9Lc.js';
import { tidesOf } from './tides-A8sJ40kQ.js';

const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

function showTides(now) {
  const list = document.getElementById('tides');
  list.replaceChildren(
    ...tidesOf(now).map(({ at, kind, metres }) => {
      const row = document.createElement('li');
      row.dataset.kind = kind;
      row.classList.toggle('past', at < now);
      for (const text of [time.format(at), kind === 'high' ? 'High water' : 'Low water', `${metres.toFixed(1)} m`]) {
        const cell = document.createElement('span');
        cell.textContent = text;
        row.append(cell);
      }
      return row;
    }),
  );
}

function log(text) {
  const row = document.createElement('li');
  row.textContent = `${time.format(Date.now())}  ${text}`;
  const list = document.getElementById('log');
  list.prepend(row);
  while (list.children.length > 6) list.lastElementChild.remove();
}

showTides(Date.now());
setInterval(() => showTides(Date.now()), 60_000);

// First of all the sign of life: without it the updater takes this bundle for broken and rolls back.
const updates = await startUpdates(log);
document.getElementById('bundle').textContent = await describeBundle(updates);
document.getElementById('check').addEventListener('click', () => updates.check());
