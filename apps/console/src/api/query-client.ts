import { QueryClient } from '@tanstack/react-query';
import { isPassing } from './problem.js';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (failures, error) => isPassing(error) && failures < 4,
      retryDelay: (failures) => Math.min(500 * 2 ** failures, 4_000),
    },
  },
});
