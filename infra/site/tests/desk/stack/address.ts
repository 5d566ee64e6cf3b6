// Where the stack of the tests listens: one that runs already (DESK_STACK, with its sample city loaded), else one of our own.
export const STACK_PORT = 8931;
export const STACK_URL = process.env.DESK_STACK ?? `http://127.0.0.1:${STACK_PORT}`;
