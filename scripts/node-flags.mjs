/*
 * How the program is started: with room for the young objects of the requests under way, and with less garbage left lying
 * among the old than V8 would leave. See docs/performance.md. The first line of apps/cli/main.ts and docker/Dockerfile,
 * which can read nothing, say the same.
 */
export const NODE_FLAGS = ['--max-semi-space-size=32', '--heap-growing-percent=100'];
