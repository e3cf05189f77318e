// SPDX-License-Identifier: MIT
// The reader: headers, views and files, with the reference's verdict on each.
#ifndef STET_READ_HPP
#define STET_READ_HPP

// IWYU pragma: begin_exports
// IWYU pragma: end_exports

#endif
