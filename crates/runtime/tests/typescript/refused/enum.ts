const before: number = 1;
  enum Colour { Red, Green }
console.log(before);
