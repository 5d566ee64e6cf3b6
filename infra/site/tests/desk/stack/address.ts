// Where the stack of the tests listens.
export const STACK_PORT = Number(process.env.DESK_PORT ?? 8931);
export const STACK_URL = `http://127.0.0.1:${STACK_PORT}`;
