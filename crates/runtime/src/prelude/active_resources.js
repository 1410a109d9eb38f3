// What keeps the program running: `process.getActiveResourcesInfo` and its older relatives.

const { owner_symbol: kOwner } = internal.asyncIds.symbols;

const handles = () => [...internal.openHandles].filter((handle) => handle.hasRef());
const requests = () => [...internal.openRequests];

internal.activeResources = {
  handles: () => handles().map((handle) => handle[kOwner] ?? handle),
  requests,
  info() {
    const [timeouts, immediates] = host.activeTimers();
    return [
      ...requests().map((request) => request.constructor.name),
      ...handles().map((handle) => handle.resourceName),
      ...Array(timeouts + internal.timersInCallbacks()).fill('Timeout'),
      ...Array(immediates).fill('Immediate'),
    ];
  },
};
