// SPDX-License-Identifier: MIT
// The ranks of an MPI program fill one checkpoint together, and save one file each as a set.
//
//     mpicxx -std=c++20 -Iinclude examples/mpi/mpi_ranks.cpp -o mpi_ranks
//     mpirun -n 4 ./mpi_ranks            --die RANK: that rank is killed while it writes
//
// Each rank knows the names and shapes of the whole model and so the layout of the file; nobody has to be asked where
// anything goes. One rank opens the file and publishes it, when it has heard of every byte from those who wrote it.
#include <stet/file/abandoned_parts.hpp>
#include <stet/filling.hpp>
#include <stet/read.hpp>
#include <stet/stet.hpp>

#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <map>
#include <mpi.h>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using dict = std::map<std::string, stet::tensor_view>;

/// How a tensor is spread over the ranks.
enum class spread { rows, columns, whole };

/// Row-major floats.
struct tensor {
    std::string_view name;
    int              rows;
    int              columns;
    spread           over;

    float value(int row, int column) const
    {
        return static_cast<float>(name.size()) + static_cast<float>(row * columns + column) / 16.0F;
    }
};

constexpr std::array<tensor, 5> model{{{"layers.0.bias", 1, 64, spread::whole},
                                       {"layers.0.weight", 64, 32, spread::rows},
                                       {"layers.1.bias", 1, 32, spread::whole},
                                       {"layers.1.weight", 32, 64, spread::columns},
                                       {"norm", 1, 7, spread::whole}}};

/// The rows and columns that one rank holds. What is whole is some rank's alone.
struct shard {
    int first_row = 0, rows = 0, first_column = 0, columns = 0;

    shard(const tensor& of, std::size_t index, int rank, int ranks) : rows(of.rows), columns(of.columns)
    {
        const auto share = [&](int all, int& first, int& count) {
            first = all * rank / ranks;
            count = all * (rank + 1) / ranks - first;
        };
        if (of.over == spread::rows)
            share(of.rows, first_row, rows);
        else if (of.over == spread::columns)
            share(of.columns, first_column, columns);
        else if (static_cast<int>(index) % ranks != rank)
            rows = 0;
    }

    std::vector<float> values(const tensor& of) const
    {
        std::vector<float> all;
        for (int row = 0; row < rows; ++row) {
            for (int column = 0; column < columns; ++column)
                all.push_back(of.value(first_row + row, first_column + column));
        }
        return all;
    }
};

const std::map<std::string, std::string>& metadata()
{
    static const std::map<std::string, std::string> all{{"format", "pt"}};
    return all;
}

int fail(const stet::error& e)
{
    std::cerr << stet::message(e) << '\n';
    return 1;
}

/// The model as a dict whose bytes are still to come: the same on every rank.
dict later()
{
    dict all;
    for (const tensor& each : model) {
        if (const auto view = stet::filling::to_come(stet::dtype::f32, {each.rows, each.columns}))
            all[std::string(each.name)] = *view;
    }
    return all;
}

/// A text from the first rank to all.
std::string told_by_first(std::string text)
{
    int size = static_cast<int>(text.size());
    MPI_Bcast(&size, 1, MPI_INT, 0, MPI_COMM_WORLD);
    text.resize(static_cast<std::size_t>(size));
    MPI_Bcast(text.data(), size, MPI_CHAR, 0, MPI_COMM_WORLD);
    return text;
}

/// Writes a rank's share of one tensor. All ranks call it together; one that has nothing writes nothing.
/// returns: what was written, or nothing where that failed
bool write_shard(MPI_File file, const tensor& of, const shard& own, std::uint64_t offset,
                 std::vector<stet::filling::interval>& written)
{
    const std::vector<float> values = own.values(of);
    const int                count = static_cast<int>(values.size());
    // The rows and columns of the file that are this rank's; without any, a view of one float.
    std::array<int, 2> all{of.rows, of.columns}, part{own.rows, own.columns},
        first{own.first_row, own.first_column};
    if (count == 0)
        part = {1, 1};
    MPI_Datatype view{};
    MPI_Type_create_subarray(2, all.data(), part.data(), first.data(), MPI_ORDER_C, MPI_FLOAT, &view);
    MPI_Type_commit(&view);
    const bool is_seen = MPI_File_set_view(file, static_cast<MPI_Offset>(offset), MPI_FLOAT, view, "native",
                                           MPI_INFO_NULL) == MPI_SUCCESS;
    const bool is_written =
        MPI_File_write_at_all(file, 0, values.data(), count, MPI_FLOAT, MPI_STATUS_IGNORE) == MPI_SUCCESS;
    MPI_Type_free(&view);
    for (int row = 0; row < own.rows; ++row) {
        const int  element = (own.first_row + row) * of.columns + own.first_column;
        const auto begin = offset + static_cast<std::uint64_t>(element) * sizeof(float);
        written.push_back(
            {.begin = begin, .end = begin + static_cast<std::uint64_t>(own.columns) * sizeof(float)});
    }
    return is_seen && is_written;
}

/// What all ranks have written, on the first.
std::vector<stet::filling::interval> gathered(const std::vector<stet::filling::interval>& own, int ranks)
{
    const int        count = static_cast<int>(own.size()) * 2;
    std::vector<int> counts(static_cast<std::size_t>(ranks)), places(static_cast<std::size_t>(ranks));
    MPI_Gather(&count, 1, MPI_INT, counts.data(), 1, MPI_INT, 0, MPI_COMM_WORLD);
    int sum = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        places[i] = sum;
        sum += counts[i];
    }
    std::vector<stet::filling::interval> all(static_cast<std::size_t>(sum) / 2);
    MPI_Gatherv(own.data(), count, MPI_UINT64_T, all.data(), counts.data(), places.data(), MPI_UINT64_T, 0,
                MPI_COMM_WORLD);
    return all;
}

/// The same model saved by one process.
bool is_as_saved_plainly(const std::string& path)
{
    std::map<std::string, std::vector<float>> values;
    dict                                      all;
    for (const tensor& each : model) {
        auto& own = values[std::string(each.name)] = shard(each, 0, 0, 1).values(each);
        if (const auto view = stet::view_of(own, {each.rows, each.columns}))
            all[std::string(each.name)] = *view;
    }
    std::vector<std::byte> plain;
    const auto             file = stet::mapped_file::open(path.c_str());
    return file && stet::save(all, stet::append_sink{plain}, {.metadata = metadata()}) &&
           file->bytes().size() == plain.size() &&
           std::memcmp(file->bytes().data(), plain.data(), plain.size()) == 0;
}

/// One checkpoint, filled by all ranks.
int fill_together(int rank, int ranks, int dying)
{
    const std::string path = "together.safetensors";
    const dict        all = later();
    const auto        plan = stet::make_plan(all);
    if (!plan)
        return fail(plan.error());
    const auto head = stet::make_header(*plan, metadata());
    if (!head)
        return fail(head.error());

    std::optional<stet::filling::unfilled_file> opened;
    if (rank == 0) {
        // What a run that was killed has left; its lock tells that nobody is writing it any more.
        static_cast<void>(stet::remove_abandoned_exact(path, {.least_age = 0}));
        auto file = stet::filling::unfilled_file::open(*plan, {path, stet::existing_file::replace},
                                                       {.metadata = metadata()});
        if (!file)
            std::cerr << stet::message(file.error()) << '\n';
        else
            opened.emplace(*std::move(file));
    }
    const std::string part = told_by_first(opened ? opened->part_path() : std::string());
    if (part.empty())
        return 1;

    MPI_File file{};
    if (MPI_File_open(MPI_COMM_WORLD, part.c_str(), MPI_MODE_WRONLY, MPI_INFO_NULL, &file) != MPI_SUCCESS)
        return 1;
    std::vector<stet::filling::interval> written;
    bool                                 is_well = true;
    std::size_t                          index = 0;
    for (const stet::record& each : *head) { // in the order of the file, which is that of the names here
        if (rank == dying && index == 3)
            std::raise(SIGKILL);
        is_well = write_shard(file, model[index], shard(model[index], index, rank, ranks),
                              head->offset_in_file(each), written) &&
                  is_well;
        ++index;
    }
    is_well = MPI_File_sync(file) == MPI_SUCCESS && is_well;
    is_well = MPI_File_close(&file) == MPI_SUCCESS && is_well;
    if (!is_well)
        written.clear(); // what is not told is not published
    const auto everything = gathered(written, ranks);
    if (rank != 0)
        return 0;
    for (const stet::filling::interval& each : everything) {
        if (const auto noted = opened->note(each); !noted)
            return fail(noted.error());
    }
    const auto saved = opened->publish();
    if (!saved)
        return fail(saved.error());
    std::cout << saved->path << ": " << saved->bytes << " bytes by " << ranks << " ranks in "
              << everything.size() << " pieces, " << (is_as_saved_plainly(path) ? "equal to" : "OTHER THAN")
              << " a plain save\n";
    return 0;
}

/// What a rank holds as a file of its own.
int save_set(int rank, int ranks)
{
    const auto digits = [](int number) {
        const std::string text = std::to_string(number);
        return std::string(5 - text.size(), '0') + text;
    };
    std::map<std::string, std::vector<float>> values;
    dict                                      all;
    std::size_t                               index = 0;
    for (const tensor& each : model) {
        const shard own(each, index++, rank, ranks);
        auto&       mine = values[std::string(each.name)] = own.values(each);
        if (mine.empty())
            continue;
        if (const auto view = stet::view_of(mine, {own.rows, own.columns}))
            all[std::string(each.name)] = *view;
    }
    const std::string path = "rank-" + digits(rank + 1) + "-of-" + digits(ranks) + ".safetensors";
    const auto        saved =
        stet::save(all, stet::exact_path{path, stet::existing_file::replace}, {.metadata = metadata()});
    if (!saved)
        return fail(saved.error());
    std::uint64_t bytes = saved->bytes - saved->header_bytes - 8;
    std::uint64_t sum = 0;
    MPI_Reduce(&bytes, &sum, 1, MPI_UINT64_T, MPI_SUM, 0, MPI_COMM_WORLD);
    if (rank == 0)
        std::cout << "a set of " << ranks << " files, " << sum << " bytes of tensors\n";
    return 0;
}

} // namespace

int main(int count, char** words)
{
    MPI_Init(&count, &words);
    int rank = 0, ranks = 1;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    const bool dies = count == 3 && std::string_view(words[1]) == "--die";
    int        outcome = fill_together(rank, ranks, dies ? std::atoi(words[2]) : -1);
    if (outcome == 0)
        outcome = save_set(rank, ranks);
    if (outcome != 0) // the others would wait for this rank
        MPI_Abort(MPI_COMM_WORLD, outcome);
    MPI_Finalize();
    return outcome;
}
