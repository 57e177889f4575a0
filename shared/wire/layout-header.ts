// Renders native/wire/layout.h, the C++ side of the tables. test/unit/wire/layout-header.test.ts fails when the file is stale;
// `npm run generate` writes it anew.

import type { Column, Table } from '../model/column';
import { enums } from '../model/enums';
import { HEADER_AT } from './header';
import * as limits from './limits';
import { tables } from './tables';

const CPP_TYPE = {
  u8: 'uint8_t',
  u16: 'uint16_t',
  u32: 'uint32_t',
  i32: 'int32_t',
  f64: 'double',
  text: 'std::string_view',
} as const;

const pascal = (name: string) => name[0].toUpperCase() + name.slice(1);

function member([name, column]: [string, Column]): string {
  const initial = column.type === 'text' ? '' : ' = 0';
  return `  ${CPP_TYPE[column.type]} ${name}${initial};  // ${column.doc}`;
}

function row(table: Table): string {
  const entries = Object.entries(table.columns);
  const type = `${pascal(table.name)}Row`;
  return `
// ${table.doc}
struct ${type} {
  static constexpr uint16_t kKind = ${table.kind};
  static constexpr const char* kName = "${table.name}";
${entries.map(member).join('\n')}

  // Calls visit(value) for each column in the order of the wire.
  template <class Visit>
  void forEachColumn(Visit&& visit) const {
    ${entries.map(([name]) => `visit(${name});`).join('\n    ')}
  }
};`;
}

function enumeration([name, values]: [string, Readonly<Record<string, number>>]): string {
  const words = Object.entries(values).map(([word, value]) => `  k${pascal(word)} = ${value},`);
  return `\nenum class ${pascal(name)} : uint8_t {\n${words.join('\n')}\n};`;
}

/** The text of native/wire/layout.h. */
export function renderLayoutHeader(): string {
  const offsets = Object.entries(HEADER_AT).map(([name, at]) => `constexpr size_t k${pascal(name)}At = ${at};`);
  return `// Written by \`npm run generate\` from shared/wire/tables.ts. Do not edit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace hka::wire {

constexpr uint32_t kMagic = ${limits.MAGIC};
constexpr uint16_t kFormatVersion = ${limits.FORMAT_VERSION};
constexpr size_t kHeaderBytes = ${limits.HEADER_BYTES};
constexpr size_t kRowCountMax = ${limits.ROW_COUNT_MAX};
constexpr size_t kBodyBytesMax = ${limits.BODY_BYTES_MAX};
constexpr size_t kStringBytesMax = ${limits.STRING_BYTES_MAX};
constexpr size_t kHelloBytesMax = ${limits.HELLO_BYTES_MAX};
${offsets.join('\n')}
${Object.entries(enums).map(enumeration).join('\n')}
${Object.values(tables).map(row).join('\n')}

}  // namespace hka::wire
`;
}
