// Tim Peters' merge sort of natural runs (CPython's listsort.txt), as V8 has it: comparators that contradict
// themselves are asked in the same order, and give the same one.

/** Wins in a row, from which on runs are galloped through. */
const MIN_GALLOP = 7;

function copy(source, from, target, to, count) {
  if (from < to) for (let i = count - 1; i >= 0; i--) target[to + i] = source[from + i];
  else for (let i = 0; i < count; i++) target[to + i] = source[from + i];
}

/** How many of `length` elements, from `base`, pass `isBefore`, which those at the beginning do: it is searched
    in steps that double, both ways from `hint`. */
function gallop(array, base, length, hint, isBefore) {
  const isForwards = isBefore(array[base + hint]);
  const most = isForwards ? length - hint : hint + 1;
  let near = 0;
  let far = 1;
  while (far < most && isBefore(array[base + hint + (isForwards ? far : -far)]) === isForwards) {
    near = far;
    far = far * 2 + 1;
  }
  if (far > most) far = most;
  let low = isForwards ? hint + near + 1 : hint - far + 1;
  let high = isForwards ? hint + far : hint - near;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(array[base + middle])) low = middle + 1;
    else high = middle;
  }
  return high;
}

/** Runs shorter than this are made so long: between 32 and 64 for what is longer. */
function shortestRun(length) {
  let odd = 0;
  for (; length >= 64; length >>= 1) odd |= length & 1;
  return length + odd;
}

class Sort {
  minGallop = MIN_GALLOP;
  runs = [];

  constructor(work, compare) {
    this.work = work;
    this.compare = compare;
  }

  /** Those that go no later than `key`, and those that go before it. */
  upTo(key) {
    const { compare } = this;
    return (element) => !(+compare(key, element) < 0);
  }
  below(key) {
    const { compare } = this;
    return (element) => +compare(element, key) < 0;
  }

  /** Puts the elements from `start` into their places among those before it. */
  insert(low, start, high) {
    const { work, compare } = this;
    for (; start < high; start++) {
      const pivot = work[start];
      let left = low;
      let right = start;
      while (left < right) {
        const middle = (left + right) >> 1;
        if (+compare(pivot, work[middle]) < 0) right = middle;
        else left = middle + 1;
      }
      for (let i = start; i > left; i--) work[i] = work[i - 1];
      work[left] = pivot;
    }
  }

  /** The length of the run at `low`; one that goes down is turned round. */
  runAt(low, high) {
    const { work, compare } = this;
    if (low + 1 === high) return 1;
    const isDescending = +compare(work[low + 1], work[low]) < 0;
    let end = low + 2;
    while (end < high && +compare(work[end], work[end - 1]) < 0 === isDescending) end++;
    if (isDescending) {
      for (let i = low, j = end - 1; i < j; i++, j--) [work[i], work[j]] = [work[j], work[i]];
    }
    return end - low;
  }

  run() {
    const { work, runs } = this;
    const least = shortestRun(work.length);
    for (let low = 0; low < work.length;) {
      const remaining = work.length - low;
      let length = this.runAt(low, work.length);
      if (length < least) {
        const forced = least < remaining ? least : remaining;
        this.insert(low, low + length, low + forced);
        length = forced;
      }
      runs[runs.length] = { base: low, length };
      this.collapse();
      low += length;
    }
    while (runs.length > 1) this.mergeAt(this.smallerOf(runs.length - 2));
  }

  /** Whether run `n` and the one before it are together shorter than the one before those. */
  isInOrder(n) {
    const { runs } = this;
    return n < 2 || runs[n - 2].length > runs[n - 1].length + runs[n].length;
  }

  /** Of the run at `n` and the one before it, that which is merged with the one behind it. */
  smallerOf(n) {
    const { runs } = this;
    return n > 0 && runs[n - 1].length < runs[n + 1].length ? n - 1 : n;
  }

  /** Merges runs until they are short enough for what stands before them. */
  collapse() {
    const { runs } = this;
    while (runs.length > 1) {
      const n = runs.length - 2;
      if (!this.isInOrder(n + 1) || !this.isInOrder(n)) this.mergeAt(this.smallerOf(n));
      else if (runs[n].length <= runs[n + 1].length) this.mergeAt(n);
      else break;
    }
  }

  /** Merges run `i` with the next. What is in its place at either end stays there. */
  mergeAt(i) {
    const { work, runs } = this;
    let { base, length } = runs[i];
    const next = runs[i + 1];
    runs[i] = { base, length: length + next.length };
    if (i + 2 < runs.length) runs[i + 1] = runs[i + 2];
    runs.length--;

    const settled = gallop(work, base, length, 0, this.upTo(work[next.base]));
    base += settled;
    length -= settled;
    if (length === 0) return;
    const last = work[next.base - 1];
    const lengthB = gallop(work, next.base, next.length, next.length - 1, this.below(last));
    if (lengthB === 0) return;
    if (length <= lengthB) this.mergeLow(base, length, next.base, lengthB);
    else this.mergeHigh(base, length, next.base, lengthB);
  }

  /** Merges from the beginning: the first run is set aside. */
  mergeLow(base, lengthA, b, lengthB) {
    const { work, compare } = this;
    const aside = [];
    copy(work, base, aside, 0, lengthA);
    const endB = b + lengthB;
    let a = 0;
    let to = base;
    work[to++] = work[b++];
    merging: while (b < endB && lengthA - a > 1) {
      let winsA = 0;
      let winsB = 0;
      let { minGallop } = this;
      do {
        if (+compare(work[b], aside[a]) < 0) {
          work[to++] = work[b++];
          winsB++;
          winsA = 0;
          if (b === endB) break merging;
        } else {
          work[to++] = aside[a++];
          winsA++;
          winsB = 0;
          if (lengthA - a === 1) break merging;
        }
      } while (winsA < minGallop && winsB < minGallop);
      minGallop++;
      do {
        if (minGallop > 1) minGallop--;
        this.minGallop = minGallop;
        winsA = gallop(aside, a, lengthA - a, 0, this.upTo(work[b]));
        copy(aside, a, work, to, winsA);
        to += winsA;
        a += winsA;
        if (lengthA - a <= 1) break merging;
        work[to++] = work[b++];
        if (b === endB) break merging;
        winsB = gallop(work, b, endB - b, 0, this.below(aside[a]));
        copy(work, b, work, to, winsB);
        to += winsB;
        b += winsB;
        if (b === endB) break merging;
        work[to++] = aside[a++];
        if (lengthA - a === 1) break merging;
      } while (winsA >= MIN_GALLOP || winsB >= MIN_GALLOP);
      this.minGallop = minGallop + 1;
    }
    copy(work, b, work, to, endB - b);
    copy(aside, a, work, to + endB - b, lengthA - a);
  }

  /** Merges from the end: the second run is set aside. */
  mergeHigh(base, lengthA, baseB, lengthB) {
    const { work, compare } = this;
    const aside = [];
    copy(work, baseB, aside, 0, lengthB);
    let a = base + lengthA - 1;
    let b = lengthB - 1;
    let to = baseB + b;
    work[to--] = work[a--];
    merging: while (a >= base && b > 0) {
      let winsA = 0;
      let winsB = 0;
      let { minGallop } = this;
      do {
        if (+compare(aside[b], work[a]) < 0) {
          work[to--] = work[a--];
          winsA++;
          winsB = 0;
          if (a < base) break merging;
        } else {
          work[to--] = aside[b--];
          winsB++;
          winsA = 0;
          if (b === 0) break merging;
        }
      } while (winsA < minGallop && winsB < minGallop);
      minGallop++;
      do {
        if (minGallop > 1) minGallop--;
        this.minGallop = minGallop;
        const ofA = a - base + 1;
        winsA = ofA - gallop(work, base, ofA, ofA - 1, this.upTo(aside[b]));
        to -= winsA;
        a -= winsA;
        copy(work, a + 1, work, to + 1, winsA);
        if (a < base) break merging;
        work[to--] = aside[b--];
        if (b === 0) break merging;
        winsB = b + 1 - gallop(aside, 0, b + 1, b, this.below(work[a]));
        to -= winsB;
        b -= winsB;
        copy(aside, b + 1, work, to + 1, winsB);
        if (b <= 0) break merging;
        work[to--] = work[a--];
        if (a < base) break merging;
      } while (winsA >= MIN_GALLOP || winsB >= MIN_GALLOP);
      this.minGallop = minGallop + 1;
    }
    const ofA = a - base + 1;
    to -= ofA;
    copy(work, base, work, to + 1, ofA);
    copy(aside, 0, work, to - b, b + 1);
  }
}

/** Sorts an array without holes. */
internal.timSort = (work, compare) => new Sort(work, compare).run();

/** The same for the numbers of a typed array, of which V8 halves and merges its copies. */
internal.mergeSort = function mergeSort(work, compare) {
  const halve = (source, from, to, target) => {
    const middle = from + ((to - from) >> 1);
    if (middle - from > 1) halve(target, from, middle, source);
    if (to - middle > 1) halve(target, middle, to, source);
    let left = from;
    let right = middle;
    for (let i = from; i < to; i++) {
      const takesLeft = left < middle && (right >= to || !(+compare(source[left], source[right]) > 0));
      target[i] = takesLeft ? source[left++] : source[right++];
    }
  };
  if (work.length > 1) {
    const source = [];
    copy(work, 0, source, 0, work.length);
    halve(source, 0, work.length, work);
  }
};
