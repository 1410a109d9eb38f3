let again = 0;
const timer = setTimeout(() => {
  console.log('fires', ++again);
  if (again < 3) timer.refresh();
}, 2);
