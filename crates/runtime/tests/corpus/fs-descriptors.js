// A descriptor that is none is told of at once; what is none of a number, by its type.
const fs = require('fs');
const { promisify } = require('util');

const calls = {
  close: (fd) => fs.close(fd, () => {}),
  closeSync: fs.closeSync,
  fchmod: (fd) => fs.fchmod(fd, 0o600, () => {}),
  fchown: (fd) => fs.fchown(fd, 1, 1, () => {}),
  fdatasync: (fd) => fs.fdatasync(fd, () => {}),
  fstat: (fd) => fs.fstat(fd, () => {}),
  fstatSync: fs.fstatSync,
  ftruncate: (fd) => fs.ftruncate(fd, 1, () => {}),
  futimes: (fd) => fs.futimes(fd, 1, 1, () => {}),
  read: (fd) => fs.read(fd, Buffer.alloc(1), 0, 1, 0, () => {}),
};
for (const [name, call] of Object.entries(calls)) {
  for (const wrong of ['3', -1, 1.5, NaN, 2 ** 31, null, undefined, {}]) {
    try {
      call(wrong);
      console.log(name, wrong, 'nothing thrown');
    } catch (error) {
      console.log(name, error.name, error.code, error.message);
    }
  }
}

(async () => {
  const file = `${fs.mkdtempSync('/tmp/descriptors-')}/file`;
  fs.writeFileSync(file, 'some text');
  const fd = fs.openSync(file, 'r+');
  const read = await promisify(fs.read)(fd, Buffer.alloc(4), 0, 4, 0);
  console.log(read, read.bytesRead);
  console.log(await promisify(fs.write)(fd, 'more', 0));
  console.log(await promisify(fs.writev)(fd, [Buffer.from('a'), Buffer.from('b')], 0));
  console.log(await promisify(fs.readv)(fd, [Buffer.alloc(1), Buffer.alloc(2)], 0));
  console.log(await promisify(fs.exists)(file), (await promisify(fs.stat)(file)).size);
  fs.closeSync(fd);

  const room = fs.statfsSync('/tmp');
  console.log(Object.keys(room), room.blocks >= room.bfree, room.bsize);
  console.log(typeof (await fs.promises.statfs('/tmp', { bigint: true })).bavail);
  fs.statfs('/tmp/nowhere/at/all', (error) => console.log(error.message));
})();
