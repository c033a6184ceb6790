import { Component, type ReactNode } from 'react';
import { FailureScreen } from './failure-screen.js';

interface Props {
  readonly children: ReactNode;
}

/** What a screen throws is told in its place; the rest of the page stands. */
export class FailureBoundary extends Component<Props, { readonly error: unknown }> {
  override state: { readonly error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown): { readonly error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error === null ? this.props.children : <FailureScreen error={error} />;
  }
}
