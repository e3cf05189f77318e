// SPDX-License-Identifier: MIT
// The files of a checkpoint's components, opened: what each holds has to be what it is given as, and its names are those
// that a layout expects, or can be brought to them.
#ifndef EXAMPLE_OPENED_COMPONENTS_HPP
#define EXAMPLE_OPENED_COMPONENTS_HPP

#include "component_files.hpp"
#include "encoder_files.hpp"
#include "given_component.hpp"
#include "guessed_kind.hpp"
#include "readable.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace example {

class opened_components {
public:
    /// how: as ComfyUI does it files are taken for what they are given as
    explicit opened_components(stet::strictness how) : how_(how) {}

    /// Opens all files. Returns why one cannot be taken, or nothing.
    std::string open(const component_files& files, const encoder_files& encoders)
    {
        for (const component which : every_component) {
            if (!files[which])
                continue;
            if (std::string complaint = open_component(which, *files[which]); !complaint.empty())
                return complaint;
        }
        for (std::size_t i = 0; i < encoder_names.size(); ++i) {
            if (!encoders.paths[i])
                continue;
            if (std::string complaint = open_encoder(encoder_names[i], *encoders.paths[i]);
                !complaint.empty())
                return complaint;
        }
        return {};
    }

    const given_component& operator[](component which) const { return given_[index_of(which)]; }

    /// What was done to bring names to those that are expected.
    const std::vector<std::string>& notes() const { return notes_; }

private:
    static stet::placed_name as_it_is(std::string_view name) { return {.stem = name}; }

    /// Adds a component's file.
    std::string open_component(component which, const std::string& path)
    {
        given_component& given = given_[index_of(which)];
        if (std::string complaint = given.open(path); !complaint.empty())
            return complaint;
        if (how_ == stet::strictness::as_comfyui || which == component::extra)
            return given.add_last(as_it_is, how_);
        std::string complaint = which == component::text_encoder ? nameless(given.last()) : "";
        return complaint.empty() ? add_last(which, option_of(which), as_it_is) : complaint;
    }

    /// Adds the file of a single text encoder, whose name goes before its keys.
    std::string open_encoder(const encoder_name& encoder, const std::string& path)
    {
        given_component& given = given_[index_of(component::text_encoder)];
        if (std::string complaint = given.open(path); !complaint.empty())
            return complaint;
        const auto renamed = [&](std::string_view name) { return encoder.among_several(name); };
        if (how_ == stet::strictness::as_comfyui)
            return given.add_last(renamed, how_);
        std::string complaint = mistaken_encoder(given.last(), encoder);
        return complaint.empty() ? add_last(component::text_encoder, encoder.option, renamed) : complaint;
    }

    /// Adds the file that was opened last, without the prefix that all of its names bear already, which is noted.
    std::string add_last(component which, std::string_view option, const renaming& rename)
    {
        given_component&   given = given_[index_of(which)];
        const std::string  path = quoted(given.last().path());
        const found_prefix found = prefix_in(given.last().header());
        const std::size_t  size = found.prefix.text.size();
        if (size == 0) {
            std::string complaint = mistaken(given.last(), which);
            return complaint.empty() ? given.add_last(rename, how_) : complaint;
        }
        const std::string begins = path + (found.is_in_all ? ": its" : ": some of its") +
                                   " names begin with " + quoted(found.prefix.text);
        if (found.prefix.of != which || !found.prefix.is_all || !found.is_in_all)
            return begins + ", as in a whole checkpoint; take the component out of it first: stet extract " +
                   path + ' ' + std::string(option) + " FILE";
        notes_.push_back(begins + ", which is taken off");
        return given.add_last([&](std::string_view name) { return rename(name.substr(size)); }, how_);
    }

    /// Why a file is no component of text encoders, of which it is one, or nothing.
    static std::string nameless(const checkpoint_file& file)
    {
        constexpr std::string_view network = "transformer.";
        if (file.header().size() == 0)
            return {}; // which is told when it is saved
        for (const stet::stored_tensor tensor : file.header()) {
            if (!tensor.name.starts_with(network))
                return {};
        }
        return quoted(file.path()) + ": its names begin with " + quoted(network) +
               " and lack that of an encoder, without which no loader finds them; give it by --clip-l, --t5xxl or "
               "another option of that kind";
    }

    /// Why a file is not the text encoder it is given as, or nothing.
    static std::string mistaken_encoder(const checkpoint_file& file, const encoder_name& encoder)
    {
        const encoder_kind found = guessed_encoder(file.header());
        const bool         is_for_t5 = encoder.name().find("t5") != std::string_view::npos;
        const bool         is_for_clip = encoder.name().starts_with("clip_");
        if (found == encoder_kind::clip && is_for_t5)
            return quoted(file.path()) +
                   " looks like a CLIP text encoder; give it by --clip-l or another option of that kind";
        if (found == encoder_kind::t5 && is_for_clip)
            return quoted(file.path()) +
                   " looks like a T5; give it by --t5xxl or another option of that kind";
        return {};
    }

    /// Why a file is not what it is given as, or nothing.
    static std::string mistaken(const checkpoint_file& file, component which)
    {
        struct place {
            kind             is;
            component        goes_to;
            std::string_view looks;
        };
        constexpr std::array<place, 3> places{
            {{kind::model, component::model, "a diffusion model"},
             {kind::text_encoder, component::text_encoder, "a text encoder"},
             {kind::vae, component::vae, "a vae"}}};
        const kind found = guessed_kind(file.header());
        const auto knows = [&](const place& one) { return one.goes_to == which; };
        if (!std::any_of(places.begin(), places.end(), knows))
            return {};
        const std::string about = quoted(file.path()) + " looks like ";
        if (found == kind::lora)
            return about + "a LoRA, which belongs to no checkpoint until it is merged into a model";
        for (const place& one : places) {
            if (one.is == found && one.goes_to != which)
                return about + std::string(one.looks) + "; give it by " +
                       std::string(option_of(one.goes_to)) + ", or --comfyui to have it so all the same";
        }
        return {};
    }

    stet::strictness                             how_;
    std::array<given_component, component_count> given_{};
    std::vector<std::string>                     notes_{};
};

} // namespace example

#endif
