// SPDX-License-Identifier: MIT
#ifndef STET_WRITERS_IMPL_WRITER_MAKER_HPP
#define STET_WRITERS_IMPL_WRITER_MAKER_HPP

#include "../../save/save.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/error.hpp"

#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// Makes a file_writer of settings, which the file_writer borrows.
template <class Settings>
class writer_maker {
public:
    /// way: the file_writer, but for its settings
    constexpr explicit writer_maker(const file_writer& way) noexcept : way_(way) {}

    constexpr file_writer operator()(const Settings& settings) const noexcept
    {
        return {.write = way_.write,
                .settings = &settings,
                .shares_space = way_.shares_space,
                .accept = way_.accept};
    }
    file_writer operator()(const Settings&& temporary) const = delete;

private:
    file_writer way_;
};

/// The same for settings that all have a default.
template <class Settings>
class default_writer_maker : public writer_maker<Settings> {
public:
    using writer_maker<Settings>::writer_maker;
    using writer_maker<Settings>::operator();

    constexpr file_writer operator()() const noexcept { return (*this)(defaults); }

private:
    static constexpr Settings defaults{};
};

/// What a writer's setting is, where it cannot be that.
/// form: what it must be
constexpr error wrong_setting(std::string_view name, std::uint64_t given, std::string_view form) noexcept
{
    return error{.code = errc::invalid_setting, .actual = given}.with(form).about(name);
}

} // namespace STET_NAMESPACE::detail

#endif
