(() => {
  'use strict';
  const source = document.getElementById('timeline');
  const { axis, points } = JSON.parse(source.textContent);
  const charts = [...document.querySelectorAll('figure.time')].map((figure) => ({
    figure,
    plot: figure.querySelector('.plot'),
    cursor: figure.querySelector('.cursor'),
    when: figure.querySelector('.when'),
    slots: [...figure.querySelectorAll('.legend b')],
    values: figure.dataset.series.split(';').map((layer) => layer.split('|')),
  }));
  let current = -1;

  const show = (index) => {
    current = index;
    const point = points[index];
    for (const chart of charts) {
      chart.cursor.style.display = point ? 'block' : 'none';
      chart.slots.forEach((slot, layer) => {
        slot.textContent = point ? chart.values[layer][index] : '';
      });
      if (chart.when) {
        chart.when.textContent = point ? point[0].toFixed(1) + '–' + point[1].toFixed(1) + ' s' : '';
      }
      if (point) {
        const middle = (point[0] + point[1]) / 2;
        chart.cursor.style.left = (100 * (middle - axis[0])) / (axis[1] - axis[0]) + '%';
      }
    }
  };

  for (const chart of charts) {
    const svg = chart.plot.querySelector('svg');
    chart.plot.addEventListener('pointermove', (event) => {
      const box = svg.getBoundingClientRect();
      const at = axis[0] + ((event.clientX - box.left) / box.width) * (axis[1] - axis[0]);
      show(points.findIndex((point) => point[0] <= at && at < point[1]));
    });
    chart.plot.addEventListener('pointerleave', () => show(-1));
    chart.figure.tabIndex = 0;
    chart.figure.addEventListener('keydown', (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step && points.length > 0) {
        event.preventDefault();
        show(Math.max(0, Math.min(points.length - 1, current + step)));
      }
    });
    chart.figure.addEventListener('blur', () => show(-1));
  }
})();
