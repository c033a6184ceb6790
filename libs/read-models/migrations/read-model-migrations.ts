import type { MigrationInterface } from 'typeorm';
import { AddDenialOutcomes1790000500004 } from './add-denial-outcomes.migration.js';
import { AddLeases1790000700003 } from './add-leases.migration.js';
import { AddLogOrigin1790000200002 } from './add-log-origin.migration.js';
import { AddPublications1790000300001 } from './add-publications.migration.js';
import { AddRebuildAskers1790001200001 } from './add-rebuild-askers.migration.js';
import { AddReportActors1790000500003 } from './add-report-actors.migration.js';
import { AddReportImports1790000900002 } from './add-report-imports.migration.js';
import { AddReportVoices1790000900001 } from './add-report-voices.migration.js';
import { AddReports1790000500002 } from './add-reports.migration.js';
import { AddThreadChanges1790000800001 } from './add-thread-changes.migration.js';
import { AddThreadDetails1790000500001 } from './add-thread-details.migration.js';
import { CreateParkedEvents1790000700001 } from './create-parked-events.migration.js';
import { CreateReadModels1790000001001 } from './create-read-models.migration.js';
import { CreateRebuilds1790000700002 } from './create-rebuilds.migration.js';
import { FlushSearchesSooner1790001600001 } from './flush-searches-sooner.migration.js';

/** Schema `read_models`. Run by `migrate` of the platform, as the owner. */
export const readModelMigrations: readonly (new () => MigrationInterface)[] = [
  CreateReadModels1790000001001,
  AddLogOrigin1790000200002,
  AddThreadDetails1790000500001,
  AddReports1790000500002,
  AddReportActors1790000500003,
  AddDenialOutcomes1790000500004,
  CreateParkedEvents1790000700001,
  AddPublications1790000300001,
  CreateRebuilds1790000700002,
  AddLeases1790000700003,
  AddThreadChanges1790000800001,
  AddReportVoices1790000900001,
  AddReportImports1790000900002,
  AddRebuildAskers1790001200001,
  FlushSearchesSooner1790001600001,
];
