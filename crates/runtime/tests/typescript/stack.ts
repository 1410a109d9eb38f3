interface Point { x: number; y?: number }
class Pen<T extends Point> {
  at: T | undefined;
  move(to: T): never {
    throw new TypeError(`no ink at ${(to as Point).x as number}`);
  }
}
function draw<T extends Point>(pen: Pen<T>, to: T): void { pen.move(to); }
/* 😀 */ const run = async (pen: Pen<Point>): Promise<void> => {
  await null as unknown;
  draw<Point>(pen, { x: 1 } satisfies Point);
};
const own = (error: unknown): void =>
  console.log((error as Error).stack!.split('\n').filter((line: string) => !line.includes('node:')).join('\n'));
try { draw<Point>(new Pen<Point>, { x: 2 }); } catch (error: unknown) { own(error); }
run(new Pen()).catch(own);
