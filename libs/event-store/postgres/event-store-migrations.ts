import { AppendEvents1790000000010 } from './append-events.migration.js';
import { AppendOneEvent1790001100002 } from './append-one-event.migration.js';
import { CopyEvents1790000200003 } from './copy-events.migration.js';
import { CreateLedger1790000000001 } from './create-ledger.migration.js';
import { FollowAppends1790001100001 } from './follow-appends.migration.js';

export const eventStoreMigrations = [
  CreateLedger1790000000001,
  AppendEvents1790000000010,
  CopyEvents1790000200003,
  FollowAppends1790001100001,
  AppendOneEvent1790001100002,
];
