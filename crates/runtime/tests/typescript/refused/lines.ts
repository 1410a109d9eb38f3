let a;
enum Long {
  First,
  Second,
}
let b;
