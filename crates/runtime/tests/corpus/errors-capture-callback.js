process.setUncaughtExceptionCaptureCallback((e) => console.log('captured', e.message));
console.log(process.hasUncaughtExceptionCaptureCallback());
setTimeout(() => console.log('goes on'), 2);
throw new Error('x');
