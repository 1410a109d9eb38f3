// What is made in the fields and the static blocks of a class.
const show = (error) => console.log(error.stack.split('\n').slice(0, 2).join('\n'));
class Block {
  static {
    show(new Error('made'));
    try {
      null.x;
    } catch (error) {
      show(error);
    }
    (() => show(new RangeError('nested')))();
    this.method();
  }
  static method() {
    console.log(new Error('called').stack.split('\n').slice(0, 3).join('\n'));
  }
}
class Fields {
  first = show(new Error('field'));
  second = new Error('below').stack.split('\n').slice(0, 3).join('\n');
  static third = show(new Error('static field'));
  static {
    console.log(new Error('behind a field').stack.split('\n').slice(0, 2).join('\n'));
  }
}
console.log(new Fields().second);
class Broken {
  static {
    missing();
  }
}
