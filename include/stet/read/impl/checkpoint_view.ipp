// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/memory_size.hpp"
#include "../checkpoint_view.hpp"

#include <bit>
#include <cstdint>
#include <utility>

namespace STET_NAMESPACE {

STET_INLINE checkpoint_view::checkpoint_view(checkpoint_header               header,
                                             std::span<const std::byte> file STET_LIFETIME_BOUND) noexcept
    : header_(std::move(header)), file_(file)
{
    STET_ASSERT(header_.data_size() <= file.size() - header_.data_begin(),
                "stet: these are not the bytes that the header was read from");
}

STET_INLINE std::span<const std::byte> checkpoint_view::data(const stored_tensor& tensor) const noexcept
    STET_LIFETIME_BOUND
{
    return file_.subspan(detail::memory_size(header_.offset_in_file(tensor)),
                         detail::memory_size(tensor.size()));
}

STET_INLINE file_tensor
checkpoint_view::tensor(const stored_tensor& stored) const noexcept STET_LIFETIME_BOUND
{
    return {{.type = stored.type,
             .shape = extents(stored.shape),
             .size = stored.size(),
             .data = data(stored).data()},
            stored.name};
}

STET_INLINE found_tensor checkpoint_view::operator[](std::string_view name) const noexcept STET_LIFETIME_BOUND
{
    const auto found = header_.find(name);
    return found ? found_tensor(tensor(*found))
                 : found_tensor(error{.code = errc::no_such_tensor}.about(name));
}

STET_INLINE std::optional<file_tensor> checkpoint_view::find(std::string_view name) const noexcept
    STET_LIFETIME_BOUND
{
    const auto found = header_.find(name);
    return found ? std::optional(tensor(*found)) : std::nullopt;
}

STET_INLINE std::size_t checkpoint_view::alignment(const stored_tensor& stored) const noexcept
{
    constexpr unsigned most = 12;
    const auto address = reinterpret_cast<std::uintptr_t>(file_.data()) + header_.offset_in_file(stored);
    const auto zeros = static_cast<unsigned>(std::countr_zero(address));
    return std::size_t{1} << (zeros < most ? zeros : most);
}

STET_INLINE checkpoint_view::entry checkpoint_view::entry_at(std::size_t position) const noexcept
{
    const stored_tensor stored = header_[position];
    return {.name = stored.name, .tensor = tensor(stored)};
}

STET_INLINE result<checkpoint_view> read_checkpoint(std::span<const std::byte> file STET_LIFETIME_BOUND,
                                                    const read_options&             options) noexcept
{
    auto header = read_header(file, file.size(), options);
    if (!header)
        return header.error();
    return checkpoint_view(*std::move(header), file);
}

} // namespace STET_NAMESPACE
