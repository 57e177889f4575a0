// A binary heap that knows where each item lies, so that an item can be taken out of the middle or moved after its key changed
// in O(log n). The order is total (callers break ties by a sequence number), so that a run can be repeated exactly.

/** The place of an item that lies in no heap. */
export const NOT_IN_HEAP = -1;

export class Heap<T> {
  private readonly items: T[] = [];

  /** `place` stores an item's index in the item; it gets NOT_IN_HEAP when the item leaves. */
  constructor(
    private readonly isBefore: (left: T, right: T) => boolean,
    private readonly place: (item: T, index: number) => void,
  ) {}

  get count(): number {
    return this.items.length;
  }

  /** The first item, or undefined when the heap is empty. */
  peek(): T | undefined {
    return this.items[0];
  }

  push(item: T): void {
    this.items.push(item);
    this.raise(item, this.items.length - 1);
  }

  /** Takes the first item out; undefined when the heap is empty. */
  pop(): T | undefined {
    const first = this.items[0];
    if (first !== undefined) this.removeAt(0);
    return first;
  }

  /** Takes out the item at `index`, as `place` was told it. */
  removeAt(index: number): void {
    const { items } = this;
    const removed = items[index];
    const last = items.pop()!;
    this.place(removed, NOT_IN_HEAP);
    if (index < items.length) this.settle(last, index);
  }

  /** Puts the item at `index` right after its key changed. */
  moveAt(index: number): void {
    this.settle(this.items[index], index);
  }

  private settle(item: T, index: number): void {
    if (index > 0 && this.isBefore(item, this.items[(index - 1) >> 1])) this.raise(item, index);
    else this.lower(item, index);
  }

  private raise(item: T, from: number): void {
    const { items } = this;
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = items[parentIndex];
      if (!this.isBefore(item, parent)) break;
      items[index] = parent;
      this.place(parent, index);
      index = parentIndex;
    }
    items[index] = item;
    this.place(item, index);
  }

  private lower(item: T, from: number): void {
    const { items } = this;
    const count = items.length;
    let index = from;
    for (let childIndex = 2 * index + 1; childIndex < count; childIndex = 2 * index + 1) {
      if (childIndex + 1 < count && this.isBefore(items[childIndex + 1], items[childIndex])) childIndex++;
      const child = items[childIndex];
      if (!this.isBefore(child, item)) break;
      items[index] = child;
      this.place(child, index);
      index = childIndex;
    }
    items[index] = item;
    this.place(item, index);
  }
}
