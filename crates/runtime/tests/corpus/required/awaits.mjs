console.log('not run by require');
export const z = await Promise.resolve(1);
