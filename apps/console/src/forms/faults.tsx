import { createContext, type ReactNode, useContext, useRef } from 'react';
import { ApiProblem } from '../api/problem.js';

interface Faults {
  /** What is wrong with the field of the pointer, or with what lies in it. */
  at(pointer: string): readonly string[];
  /** What no field of the form shows. */
  elsewhere(): readonly string[];
  show(pointer: string): void;
}

const FaultsContext = createContext<Faults>({ at: () => [], elsewhere: () => [], show: () => undefined });

interface FaultsProps {
  readonly error: unknown;
  readonly children: ReactNode;
}

/** Brings what the API found wrong to the fields that it found it in, by JSON pointer. */
export function FaultsOf({ error, children }: FaultsProps) {
  const shown = useRef(new Set<string>()).current;
  const errors = error instanceof ApiProblem ? (error.problem.errors ?? []) : [];
  const isIn = (pointer: string, field: string) => pointer === field || pointer.startsWith(`${field}/`);
  const faults: Faults = {
    at: (field) => errors.filter(({ pointer }) => isIn(pointer ?? '', field)).map(({ detail }) => detail),
    elsewhere: () =>
      errors
        .filter(({ pointer = '' }) => ![...shown].some((field) => isIn(pointer, field)))
        .map(({ pointer, parameter, detail }) => `${pointer ?? parameter ?? ''} ${detail}`.trim()),
    show: (pointer) => void shown.add(pointer),
  };
  return <FaultsContext value={faults}>{children}</FaultsContext>;
}

export function useFaults(): Faults {
  return useContext(FaultsContext);
}
