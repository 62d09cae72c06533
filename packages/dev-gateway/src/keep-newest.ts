/** Drops the entries that were added first until a map holds no more than `limit`. */
export function keepNewest<T>(map: Map<string, T>, limit: number): void {
  for (const key of map.keys()) {
    if (map.size <= limit) return;
    map.delete(key);
  }
}
