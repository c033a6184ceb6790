import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Threads } from '#application';
import type { Actor } from '#event-store';
import { AccessLog } from '#operations';
import { ThreadEvidence } from '#proof';
import { Requires } from '../auth/access.js';
import { CurrentActor } from '../auth/current-actor.js';
import { ThreadPath } from '../threads/threads.requests.js';

@ApiTags('Proof')
@Controller('v1/threads/:thread')
export class EvidenceController {
  constructor(
    private readonly threads: Threads,
    private readonly evidence: ThreadEvidence,
    private readonly accesses: AccessLog,
  ) {}

  @Get('evidence')
  @Requires('editor')
  @ApiOperation({
    summary:
      'An evidence bundle: the thread with its replay, proofs and a verifier, in one zip that proves itself offline',
    description: 'Each export is noted in the access log. Only a process with the signing key makes bundles.',
  })
  @ApiProduces('application/zip')
  @ApiOkResponse({ content: { 'application/zip': { schema: { type: 'string', format: 'binary' } } } })
  async bundle(
    @Param() { thread }: ThreadPath,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const threadId = await this.threads.idOf(thread);
    const made = await this.evidence.of({ threadId, madeBy: actor.name, madeAt: new Date() });
    const { zip, fileName, events, revision, size } = made;
    await this.accesses.record({
      actor,
      action: 'evidence.exported',
      subject: `thread-${threadId}`,
      detail: { revision, events, size },
    });
    reply.type('application/zip').header('content-disposition', `attachment; filename="${fileName}"`);
    return Buffer.from(zip);
  }
}
