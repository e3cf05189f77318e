// SPDX-License-Identifier: MIT
#include "../../file/part_file.hpp"
#include "../../header/header.hpp"
#include "../../save/write.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../hash_checkpoint.hpp"
#include "../while_saving.hpp"
#include "data_pass.hpp"
#include "file_hasher.hpp"
#include "fresh_serialisation.hpp"

#include <array>
#include <optional>
#include <utility>

namespace STET_NAMESPACE::detail {

/// Bytes of tensors from which on a thread is worth its start, and a file is brought to the disk ahead of its last patch.
inline constexpr std::uint64_t worth_a_thread = std::uint64_t{1} << 20U;

/// Where a hashed save writes.
struct hashed_target {
    function_ref<result<void>(const header& head)> write; ///< all of the file
    function_ref<result<void>(const header& head)>
                                 rewrite; ///< the header alone; empty where nobody can go back
    function_ref<result<void>()> settle;  ///< begins what takes long after the last byte; may be empty
};

/// Metadata of a header that records hashes: what was given, and fields that have their widths from the start.
class recorded_hashes {
public:
    recorded_hashes(const hashes::request& wanted, const header& plain) noexcept
        : wanted_(&wanted), plain_(&plain), entries_(plain.tensors().memory())
    {
    }

    /// With a place for each field that will have a hash. has_window: whether the older of kohya's has
    /// errors: out_of_memory
    result<void> reserve(bool has_window)
    {
        const bool has_data = plain_->tensors().data_size() != 0;
        if (!keep_given())
            return out_of_memory(entries_.size() * sizeof(borrowed_entry));
        const bool has_room =
            (!wanted_->modelspec_field || !has_data || add("modelspec.hash_sha256", modelspec_)) &&
            (!wanted_->sshs_fields || !has_data || add("sshs_model_hash", sshs_model_)) &&
            (!wanted_->sshs_fields || !has_window || add("sshs_legacy_hash", sshs_legacy_));
        return has_room ? result<void>()
                        : result<void>(out_of_memory(entries_.size() * sizeof(borrowed_entry)));
    }

    /// Whether there is a field.
    bool any() const noexcept { return has_fields_; }

    void set(const hashes::digest& data, const hashes::digest& sshs_model,
             const hashes::digest& sshs_legacy) noexcept
    {
        put(modelspec_, "0x", data);
        put(sshs_model_, "", sshs_model);
        put(sshs_legacy_, "", sshs_legacy);
    }

    /// errors: those of make_header
    result<header> make(const plan& tensors) const
    {
        return plain_->has_metadata() || any() ? make_header(tensors, entries_, wanted_->header_room)
                                               : make_header(tensors, {}, wanted_->header_room);
    }

private:
    bool keep_given()
    {
        for (const metadata_entry& entry : plain_->metadata()) {
            const bool is_model_hash = entry.key == "sshs_model_hash" || entry.key == "sshs_legacy_hash";
            const bool is_outdated = (wanted_->sshs_fields && is_model_hash) ||
                                     (wanted_->modelspec_field && entry.key == "modelspec.hash_sha256");
            if (!is_outdated && !entries_.push({.first = entry.key, .second = entry.text}))
                return false;
        }
        return true;
    }

    template <std::size_t Width>
    bool add(std::string_view key, std::array<char, Width>& place)
    {
        place.fill('0');
        has_fields_ = true;
        return entries_.push({.first = key, .second = {place.data(), place.size()}});
    }

    template <std::size_t Width>
    static void put(std::array<char, Width>& place, std::string_view prefix,
                    const hashes::digest& of) noexcept
    {
        prefix.copy(place.data(), prefix.size());
        hashes::digits_of(of, Width - prefix.size())
            .view()
            .copy(place.data() + prefix.size(), Width - prefix.size());
    }

    const hashes::request*        wanted_;
    const header*                 plain_;
    growing_array<borrowed_entry> entries_;
    std::array<char, 66>          modelspec_{};
    std::array<char, 64>          sshs_model_{};
    std::array<char, 8>           sshs_legacy_{};
    bool                          has_fields_ = false;
};

/// Hands a header's bytes to a hasher.
class header_hash_sink {
public:
    explicit header_hash_sink(file_hasher& to) noexcept : to_(&to) {}

    result<void> write(bytes piece)
    {
        to_->header(piece);
        return {};
    }

private:
    file_hasher* to_;
};

inline result<void> hash_header(const header& head, file_hasher& hasher)
{
    std::array<std::byte, 4096> block;
    header_hash_sink            sink(hasher);
    staged_sink                 out(sink, block);
    auto                        written = head.write(out);
    return written ? out.flush() : written;
}

/// One save with hashes.
class hashed_save {
public:
    hashed_save(const hashes::request& wanted, const header& plain) noexcept
        : wanted_(&wanted), plain_(&plain), fresh_(plain.tensors().memory()), fields_(wanted, plain)
    {
    }

    /// Finds out what there is to do, and that the header can have its fields.
    /// errors: header_too_large; out_of_memory
    result<void> prepare();

    /// errors: the target's; the producers'; hash_comes_late; out_of_memory
    result<void> run(const hashed_target& to, hashes::hashed_file& done);

private:
    const plan& tensors() const noexcept { return plain_->tensors(); }
    bool        takes_sshs() const noexcept { return wanted_->kinds.sshs || wanted_->sshs_fields; }

    /// Makes a hasher ready.
    result<void> prepare(file_hasher& hasher, bool with_sshs) const;

    /// Writes a header and all tensors, which the hasher gets meanwhile.
    result<void> write_beside(const hashed_target& to, file_hasher& hasher) const;

    /// The header is final.
    result<void> write_once(const hashed_target& to, const hashes::kinds& kinds,
                            hashes::file_hashes& found) const;

    /// The header gets its fields after the tensors.
    result<void> write_and_rewrite(const hashed_target& to, hashes::file_hashes& found);

    /// The tensors are hashed before anything is written.
    result<void> hash_and_write(const hashed_target& to, hashes::file_hashes& found);

    /// Kohya's hashes, if they were not had on the way.
    result<void> hash_fresh(hashes::file_hashes& found) const;

    const hashes::request* wanted_;
    const header*          plain_;
    fresh_serialisation    fresh_;
    recorded_hashes        fields_;
    std::uint64_t          header_size_ = 0;
    bool                   is_reference_ = false; ///< whether this file's data is that of kohya's, too
};

STET_INLINE result<void> hashed_save::prepare()
{
    if (takes_sshs()) {
        for (const metadata_entry& entry : plain_->metadata()) {
            if (auto kept = fresh_.keep(entry.key, entry.text); !kept)
                return kept;
        }
        if (auto serialised = fresh_.serialise(tensors()); !serialised)
            return serialised;
        is_reference_ = is_in_reference_order(tensors());
    }
    if (auto reserved = fields_.reserve(takes_sshs() && fresh_.head().file_size() > window_begin); !reserved)
        return reserved;
    const auto head = fields_.make(tensors());
    if (!head)
        return head.error();
    header_size_ = head->size();
    return {};
}

STET_INLINE result<void> hashed_save::run(const hashed_target& to, hashes::hashed_file& done)
{
    if (auto prepared = prepare(); !prepared)
        return prepared;
    done.bytes = header_size_ + tensors().data_size();
    done.header_bytes = header_size_ - header::length_field;
    if (!fields_.any())
        return write_once(to, wanted_->kinds, done.hashes);
    if (to.rewrite)
        return write_and_rewrite(to, done.hashes);
    if (!wanted_->may_hash_first)
        return error{.code = errc::hash_comes_late};
    return hash_and_write(to, done.hashes);
}

STET_INLINE result<void> hashed_save::prepare(file_hasher& hasher, bool with_sshs) const
{
    if (with_sshs && is_reference_)
        hasher.serve_sshs(fresh_.head().size());
    std::size_t name_bytes = 0;
    for (const record& placed : tensors().records())
        name_bytes += placed.name.size();
    if (auto reserved = hasher.reserve(tensors().records().size(), name_bytes); !reserved)
        return reserved;
    return with_sshs && is_reference_ ? fresh_.prepare(hasher) : result<void>();
}

STET_INLINE result<void> hashed_save::write_beside(const hashed_target& to, file_hasher& hasher) const
{
    executor                      jobs{.context = wanted_->jobs_context, .run = wanted_->jobs_run};
    std::optional<worker_threads> own;
    const bool                    is_large = tensors().data_size() >= worth_a_thread;
    if (!jobs && is_large)
        jobs = own.emplace(1U).jobs();
    data_pass pass(tensors(), hasher, jobs);
    if (auto reserved = pass.reserve(); !reserved)
        return reserved;
    const auto head = fields_.make(pass.tensors());
    if (!head)
        return head.error();
    pass.begin();
    if (auto written = to.write(*head); !written)
        return written;
    if (to.settle && is_large && !pass.is_done()) {
        if (auto settled = to.settle(); !settled)
            return settled;
    }
    return pass.finish();
}

STET_INLINE result<void> hashed_save::write_once(const hashed_target& to, const hashes::kinds& kinds,
                                                 hashes::file_hashes& found) const
{
    file_hasher hasher(kinds, header_size_, tensors().memory());
    if (auto prepared = prepare(hasher, kinds.sshs); !prepared)
        return prepared;
    const auto head = fields_.make(tensors());
    if (!head)
        return head.error();
    if (auto hashed = hash_header(*head, hasher); !hashed)
        return hashed;
    if (auto written = write_beside(to, hasher); !written)
        return written;
    hasher.finish(found);
    return kinds.sshs ? hash_fresh(found) : result<void>();
}

STET_INLINE result<void> hashed_save::write_and_rewrite(const hashed_target& to, hashes::file_hashes& found)
{
    hashes::kinds on_the_way = wanted_->kinds;
    on_the_way.sha256 = false;
    on_the_way.data = on_the_way.data || wanted_->modelspec_field;
    on_the_way.sshs = takes_sshs();
    file_hasher hasher(on_the_way, header_size_, tensors().memory());
    if (auto prepared = prepare(hasher, takes_sshs()); !prepared)
        return prepared;
    if (auto written = write_beside(to, hasher); !written)
        return written;
    found.data = hasher.data_digest();
    found.sshs_model = hasher.data_digest();
    found.sshs_legacy = hasher.legacy_digest();
    if (auto hashed = hash_fresh(found); !hashed)
        return hashed;
    fields_.set(found.data, found.sshs_model, found.sshs_legacy);
    const auto head = fields_.make(tensors());
    if (!head)
        return head.error();
    if (auto rewritten = to.rewrite(*head); !rewritten)
        return rewritten;
    if (auto hashed = hash_header(*head, hasher); !hashed)
        return hashed;
    hasher.finish(found);
    if (!wanted_->kinds.sha256)
        return {};
    file_hasher again({.sha256 = true}, header_size_, tensors().memory());
    if (auto hashed = hash_header(*head, again); !hashed)
        return hashed;
    auto hashed = hash_data(tensors(), again);
    again.finish(found);
    return hashed;
}

STET_INLINE result<void> hashed_save::hash_and_write(const hashed_target& to, hashes::file_hashes& found)
{
    file_hasher first({.data = true}, header_size_, tensors().memory());
    if (auto prepared = prepare(first, takes_sshs()); !prepared)
        return prepared;
    if (auto hashed = hash_data(tensors(), first); !hashed)
        return hashed;
    found.data = first.data_digest();
    found.sshs_model = first.data_digest();
    found.sshs_legacy = first.legacy_digest();
    if (auto hashed = hash_fresh(found); !hashed)
        return hashed;
    fields_.set(found.data, found.sshs_model, found.sshs_legacy);
    hashes::kinds others = wanted_->kinds;
    others.data = false;
    others.sshs = false;
    return write_once(to, others, found);
}

STET_INLINE result<void> hashed_save::hash_fresh(hashes::file_hashes& found) const
{
    if (takes_sshs() && !is_reference_)
        return fresh_.hash(found.sshs_model, found.sshs_legacy);
    return {};
}

STET_INLINE result<void> accept_hashes(const hashes::request& wanted, const header& head)
{
    return hashed_save(wanted, head).prepare();
}

/// Writes at the beginning of a part file.
class beginning_sink {
public:
    explicit beginning_sink(const part_file& file) noexcept : file_(&file) {}

    result<void> write(bytes piece)
    {
        auto written = file_->write_at(at_, piece);
        at_ += piece.size();
        return written;
    }

private:
    const part_file* file_;
    std::uint64_t    at_ = 0;
};

STET_INLINE result<void> write_hashed_file(const hashes::request& wanted, const header& head, part_file& file,
                                           const save_options& options, hashes::write_function write,
                                           hashes::hashed_file& done)
{
    const auto write_all = [&](const header& own) { return write(own, file, options); };
    const auto rewrite = [&](const header& own) -> result<void> {
        std::array<std::byte, 4096> block;
        beginning_sink              beginning(file);
        staged_sink                 out(beginning, block);
        auto                        written = own.write(out);
        return written ? out.flush() : written;
    };
    const auto    settle = [&] { return file.sync(); };
    hashed_target to{.write = write_all, .rewrite = {}, .settle = {}};
    if (file.is_positional())
        to.rewrite = rewrite;
    if (options.durability == durability::full)
        to.settle = settle;
    return hashed_save(wanted, head).run(to, done);
}

STET_INLINE result<void> write_hashed_sink(const hashes::request& wanted, const header& head,
                                           sink_ref destination, const sink_options& options,
                                           hashes::hashed_file& done)
{
    const auto write_all = [&](const header& own) { return write(own, destination, write_part(options)); };
    return hashed_save(wanted, head).run({.write = write_all, .rewrite = {}, .settle = {}}, done);
}

} // namespace STET_NAMESPACE::detail
