// SPDX-License-Identifier: MIT
#include "../save.hpp" // first: it brings this along

#ifndef STET_SAVE_IMPL_PUBLISH_IPP
#define STET_SAVE_IMPL_PUBLISH_IPP

#include "../../file/native_file_system.hpp"
#include "../../file/part_file.hpp"
#include "../../naming/output_name.hpp"
#include "../write.hpp"

#include <cstdint>
#include <optional>
#include <utility>

namespace STET_NAMESPACE::detail {

/// Whether a writer's settings can be. Asked before anything on the disk changes.
inline result<void> accept(const file_writer& writer)
{
    return writer.accept != nullptr ? writer.accept(writer.settings) : result<void>();
}

/// What of a save's options whoever takes the hashes needs.
template <class Options>
hashes::request request_of(const Options& options) noexcept
{
    hashes::request wanted = options.hashes;
    wanted.header_room = options.header_room;
    return wanted;
}

/// Whether the hashes that are asked for can be taken. Asked before anything on the disk changes.
inline result<void> accept(const hashes::request& wanted, const header& head)
{
    return wanted.calls != nullptr ? wanted.calls->accept(wanted, head) : result<void>();
}

/// Header and tensors into the part file, by the writer that the options name.
inline result<void> write_into(const header& head, part_file& file, const save_options& options)
{
    const file_writer way = options.writer;
    if (!way.shares_space) {
        if (auto allocated = file.preallocate(head.file_size()); !allocated)
            return allocated;
    }
    return way.write != nullptr ? way.write(way.settings, head, file, options)
                                : write(head, file, write_part(options));
}

/// The same, hashed on the way where that is asked for.
/// returns: what was written; the header may have become longer
inline result<hashes::hashed_file> write_hashed(const header& head, part_file& file,
                                                const save_options& options)
{
    const hashes::request wanted = request_of(options);
    hashes::hashed_file   done{.bytes = head.file_size(), .header_bytes = head.size() - header::length_field};
    const auto            written = wanted.calls == nullptr
                                        ? write_into(head, file, options)
                                        : wanted.calls->write_file(wanted, head, file, options, write_into, done);
    return written ? result<hashes::hashed_file>(std::move(done)) : written.error();
}

/// Header and tensors into the part file, then its final name.
template <class Target>
result<saved_checkpoint> write_and_publish(Target& target, const header& head, const save_options& options,
                                           std::optional<std::uint64_t> number)
{
    auto changes = head.tensors().kept_changes();
    if (!changes)
        return changes.error();
    auto done = write_hashed(head, target.file(), options);
    if (!done)
        return done.error();
    if (auto published = target.publish(options.durability); !published)
        return published.error();
    head.tensors().count_casts(*changes);
    return saved_checkpoint{.path = target.file().path(),
                            .number = number,
                            .bytes = done->bytes,
                            .header_bytes = done->header_bytes,
                            .keeps_access = target.file().keeps_access(),
                            .components = head.tensors().components(),
                            .changes = *std::move(changes),
                            .reload_caveat = head.tensors().model().reload_caveat,
                            .hashes = std::move(done->hashes)};
}

/// The name that a numbered place stands for, its fields replaced.
/// errors: invalid_file_name, for the root as well; those of parse_output_name
inline result<output_name> expanded_name(const numbered& where, const file_system& calls)
{
    if (where.root.empty() || where.root.find('\0') != std::string_view::npos)
        return error{.code = errc::invalid_file_name}.about(where.root);
    placeholders fields = where.fields;
    if (!fields.time && mentions_time(where.prefix))
        fields.time = local_time();
    return parse_output_name(expand_placeholders(where.prefix, fields), calls.paths);
}

/// Takes a name and uses it. A program that takes names without a lock can take ours meanwhile; the next one is tried
/// then.
/// take: called for each attempt, returns the result of a target
/// use:  called with the target; its result is that of the attempt
template <class Take, class Use>
auto with_free_name(Take take, Use use)
{
    constexpr int most_attempts = 100;
    for (int attempt = 1;; ++attempt) {
        auto target = take();
        if (!target)
            return decltype(use(*target))(target.error());
        auto used = use(*target);
        if (used || used.error().code != errc::name_taken || attempt == most_attempts)
            return used;
    }
}

/// Takes a name, lets the metadata mention it, writes and publishes.
/// take: called for each attempt, returns the result of a target
/// tell: called with the target and `use`, which it calls with the name claimed
template <class Take, class Tell>
result<saved_checkpoint> save_under_free_name(const plan& tensors, const save_options& options, Take take,
                                              Tell tell)
{
    if (auto usable = accept(options.writer); !usable)
        return usable.error();
    const auto checked = header_of(tensors, options.metadata, options);
    if (!checked)
        return checked.error();
    if (auto usable = accept(request_of(options), *checked); !usable)
        return usable.error();
    return with_free_name(take, [&](auto& target) {
        return tell(target, [&](const claimed_name& claimed) -> result<saved_checkpoint> {
            if (!options.metadata_for)
                return write_and_publish(target, *checked, options, claimed.number);
            const result<metadata_view> metadata = options.metadata_for(claimed);
            if (!metadata)
                return metadata.error();
            const auto head = header_of(tensors, *metadata, options);
            return head ? write_and_publish(target, *head, options, claimed.number) : head.error();
        });
    });
}

} // namespace STET_NAMESPACE::detail

#endif
