import type { Type as Class } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Page } from '#read-models';
import { encodeCursor } from './page-query.js';

/** A page as it is sent. */
export interface PageOf<Item> {
  readonly items: Item[];
  /** The cursor of the next page; null: this is the last. */
  readonly next: string | null;
}

/** A page of rows as a page of what is shown of them. */
export function pageOf<Row, Item>({ items, next }: Page<Row>, show: (row: Row) => Item): PageOf<Item> {
  return new LinkedPage(
    items.map((row) => show(row)),
    next === null ? null : encodeCursor(next),
  );
}

/** Known by its class to who adds the Link header. */
export class LinkedPage<Item> implements PageOf<Item> {
  constructor(
    readonly items: Item[],
    readonly next: string | null,
  ) {}
}

/** A page in another form than JSON: only its text is sent, with the same Link header. */
export class PageAsText {
  constructor(
    readonly text: string,
    readonly next: string | null,
  ) {}

  /** Only the text goes out, under this type. */
  sendAs(type: string, reply: FastifyReply): this {
    reply.type(type).serializer(({ text }: PageAsText) => text);
    return this;
  }
}

/** The class of a page of `item`, for the OpenAPI document: `class ThreadPageDto extends pageDto(ThreadDto) {}`. */
export function pageDto<Item>(item: Class<Item>): Class<PageOf<Item>> {
  class PageDto implements PageOf<Item> {
    @ApiProperty({ type: [item] })
    readonly items!: Item[];

    @ApiProperty({ type: String, nullable: true, description: 'The cursor of the next page; null: this is the last.' })
    readonly next!: string | null;
  }
  return PageDto;
}
