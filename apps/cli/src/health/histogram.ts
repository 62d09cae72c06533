/** Counts values by size, in the way of Prometheus: a bucket holds everything up to its bound. */
export class Histogram {
  readonly bounds: readonly number[];
  readonly #counts: number[];
  #sum: number = 0;
  #count: number = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.#counts = bounds.map(() => 0);
  }

  add(value: number): void {
    const at = this.bounds.findIndex((bound) => value <= bound);
    if (at >= 0) this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sum += value;
    this.#count += 1;
  }

  /** The lines of `name`, without its head. */
  lines(name: string): readonly string[] {
    let below = 0;
    const buckets = this.bounds.map((bound, at) => {
      below += this.#counts[at] ?? 0;
      return `${name}_bucket{le="${bound}"} ${below}`;
    });
    return [
      ...buckets,
      `${name}_bucket{le="+Inf"} ${this.#count}`,
      `${name}_sum ${this.#sum}`,
      `${name}_count ${this.#count}`,
    ];
  }
}
