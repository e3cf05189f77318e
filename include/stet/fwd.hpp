// SPDX-License-Identifier: MIT
// Declarations for headers that only name stet's types.
#ifndef STET_FWD_HPP
#define STET_FWD_HPP

#include "vocabulary/config.hpp"

#include <cstdint>

namespace STET_NAMESPACE {

enum class errc : std::uint8_t;
struct error;
template <class Value>
class result;

enum class dtype : std::uint8_t;
template <class Number>
class axes;
struct tensor_view;
class stacked;
template <class Type>
struct scalar_traits;
template <class Tensor>
struct tensor_traits;

template <class Entry>
struct entry_traits;
struct full;
struct image_only;
struct model_only;

struct placed_name;
template <class... Rules>
struct prefix_layout;

class plan;
class header;
class metadata_view;

class checkpoint_header;
class checkpoint_view;
class checkpoint_reader;
struct read_options;

struct file_system;
struct numbered;
struct exact_path;
struct file_writer;
struct save_options;
struct saved_checkpoint;

} // namespace STET_NAMESPACE

#endif
