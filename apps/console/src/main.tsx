import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './api/query-client.js';
import { LiveFeed } from './live/live-feed.js';
import { Screens } from './screens.js';
import { SessionGate } from './session/session.js';
import { FailureBoundary } from './shell/failure-boundary.js';
import { Shell } from './shell/shell.js';
import { applyStoredTheme } from './shell/theme.js';
import './shell/base.css';
import './shell/controls.css';
import './shell/table.css';

applyStoredTheme();
const container = document.getElementById('console');
if (container === null) throw new Error('index.html has the element that the console is shown in.');
createRoot(container).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <FailureBoundary>
        <SessionGate>
          <LiveFeed>
            <Shell>
              <Screens />
            </Shell>
          </LiveFeed>
        </SessionGate>
      </FailureBoundary>
    </QueryClientProvider>
  </StrictMode>,
);
