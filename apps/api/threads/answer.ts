import type { FastifyReply } from 'fastify';
import type { ThreadReceipt } from '#application';
import { type ReceiptDto, receiptDto } from './threads.views.js';

/** 201 for what is new; 200 when it had been there before. */
export function created(reply: FastifyReply, receipt: ThreadReceipt): ReceiptDto {
  reply.status(receipt.changed ? 201 : 200);
  return receiptDto(receipt);
}
