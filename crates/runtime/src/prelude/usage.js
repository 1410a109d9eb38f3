// What a program uses: bytes of the engine's memory, and virtual time on its core.

const MICROSECONDS = 1e3;

function memory() {
  const [taken, reserved, limit] = host.memory();
  return { taken, reserved, limit };
}

function memoryUsage() {
  const { taken, reserved } = memory();
  return { rss: reserved, heapTotal: reserved, heapUsed: taken, external: 0, arrayBuffers: 0 };
}

/** All of it is the program's own: nothing is done for it elsewhere. */
function cpuUsage(before) {
  const usage = { user: Math.floor(host.ownNs() / MICROSECONDS), system: 0 };
  if (before === undefined || before === null) return usage;
  internal.validateObject(before, 'prevValue');
  for (const name of ['user', 'system']) {
    const value = before[name];
    internal.validateNumber(value, `prevValue.${name}`);
    if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER)) {
      throw internal.codedError(
        RangeError, 'ERR_INVALID_ARG_VALUE', `The property 'prevValue.${name}' is invalid. Received ${internal.inspect(value)}`);
    }
    usage[name] -= value;
  }
  return usage;
}

internal.usage = {
  availableMemory() {
    const { taken, limit } = memory();
    return Math.max(limit - taken, 0);
  },
  constrainedMemory: () => memory().limit,
  cpuUsage,
  memoryUsage,
  resourceUsage() {
    const { user, system } = cpuUsage();
    return {
      userCPUTime: user, systemCPUTime: system, maxRSS: Math.ceil(memory().reserved / 1024), sharedMemorySize: 0, unsharedDataSize: 0,
      unsharedStackSize: 0, minorPageFault: 0, majorPageFault: 0, swappedOut: 0, fsRead: 0, fsWrite: 0, ipcSent: 0, ipcReceived: 0,
      signalsCount: 0, voluntaryContextSwitches: 0, involuntaryContextSwitches: 0,
    };
  },
};

/** Of `v8`: there is one space. */
internal.heapStatistics = {
  getHeapStatistics() {
    const { taken, reserved, limit } = memory();
    return {
      total_heap_size: reserved, total_heap_size_executable: 0, total_physical_size: reserved, total_available_size: limit - taken,
      used_heap_size: taken, heap_size_limit: limit, malloced_memory: 0, peak_malloced_memory: 0, does_zap_garbage: 0,
      number_of_native_contexts: 1, number_of_detached_contexts: 0, total_global_handles_size: 0, used_global_handles_size: 0,
      external_memory: 0,
    };
  },
  getHeapSpaceStatistics() {
    const { taken, reserved } = memory();
    return [{
      space_name: 'old_space', space_size: reserved, space_used_size: taken, space_available_size: reserved - taken,
      physical_space_size: reserved,
    }];
  },
};
