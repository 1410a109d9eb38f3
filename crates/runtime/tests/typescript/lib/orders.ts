/** An order, of which nothing is left at run time. */
export interface Order {
  readonly id: number;
  lines?: ReadonlyArray<{ sku: string; pence: number }>;
}

export type Total<T extends Order = Order> = T extends { lines: infer L } ? L : never;

export abstract class Shop<T extends Order> {
  protected readonly orders: Map<number, T> = new Map<number, T>();
  declare owner: string;
  static #made: number = 0;
  abstract greet(this: Shop<T>, name?: string): string;
  add(order: T): this;
  add(order: T, again: boolean): this;
  add(order: T, again?: boolean): this {
    Shop.#made += again ? 2 : 1;
    this.orders.set(order.id, order!);
    return this as this;
  }
  get made(): number { return Shop.#made; }
}

export const total = ({ lines = [] }: Order): number =>
  lines.reduce((sum: number, { pence }): number => sum + pence, 0);

export default class Corner extends Shop<Order> implements Iterable<Order> {
  override greet(name: string = 'nobody'): string { return `hello ${name satisfies string}`; }
  *[Symbol.iterator](): IterableIterator<Order> { yield* this.orders.values(); }
}
