// SPDX-License-Identifier: MIT
#include "saved.hpp"

#include <stet/interop/opencv.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <map>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

using libraries::saved;
using libraries::tensor;
using libraries::values;

TEST_CASE("a map of OpenCV's matrices is a state dict, regions and channels as they are seen")
{
    cv::Mat_<float> whole(6, 7);
    for (int i = 0; i < whole.rows; ++i)
        for (int j = 0; j < whole.cols; ++j)
            whole(i, j) = static_cast<float>(10 * i + j);
    cv::Mat_<cv::Vec3b> coloured(4, 5);
    for (int i = 0; i < coloured.rows; ++i)
        for (int j = 0; j < coloured.cols; ++j)
            coloured(i, j) = cv::Vec3b(static_cast<unsigned char>(i), static_cast<unsigned char>(j), 7);
    const int sizes[]{2, 3, 4};
    cv::Mat   deep(3, sizes, CV_64F);
    for (int i = 0; i < 24; ++i)
        deep.ptr<double>()[i] = i;

    std::map<std::string, cv::Mat> dict;
    dict["whole"] = whole;
    dict["region"] = whole(cv::Rect(2, 1, 3, 4)); // columns 2 to 4, rows 1 to 4
    dict["column"] = whole.col(3);
    dict["coloured"] = coloured(cv::Rect(1, 1, 2, 2));
    dict["deep"] = deep;
    dict["half"] = cv::Mat::ones(2, 2, CV_16F);
    const auto file = saved(dict);

    CHECK(tensor(file, "whole").shape == std::vector<std::size_t>{6, 7});
    CHECK(values<float>(file, "whole") == std::vector<float>(whole.begin(), whole.end()));
    CHECK(tensor(file, "region").shape == std::vector<std::size_t>{4, 3});
    CHECK(values<float>(file, "region") ==
          std::vector<float>{12, 13, 14, 22, 23, 24, 32, 33, 34, 42, 43, 44});
    CHECK(tensor(file, "column").shape == std::vector<std::size_t>{6, 1});
    CHECK(values<float>(file, "column") == std::vector<float>{3, 13, 23, 33, 43, 53});
    CHECK(tensor(file, "coloured").shape == std::vector<std::size_t>{2, 2, 3});
    CHECK(values<std::uint8_t>(file, "coloured") ==
          std::vector<std::uint8_t>{1, 1, 7, 1, 2, 7, 2, 1, 7, 2, 2, 7});
    CHECK(tensor(file, "deep").dtype == "F64");
    CHECK(tensor(file, "deep").shape == std::vector<std::size_t>{2, 3, 4});
    CHECK(values<double>(file, "deep") == std::vector<double>(deep.ptr<double>(), deep.ptr<double>() + 24));
    CHECK(tensor(file, "half").dtype == "F16");
    CHECK(values<std::uint16_t>(file, "half") == std::vector<std::uint16_t>(4, 0x3C00));
}

TEST_CASE("OpenCV's empty matrix is no tensor")
{
    CHECK_FALSE(stet::tensor_traits<cv::Mat>::view(cv::Mat()));
    const auto none = stet::tensor_traits<cv::Mat>::view(cv::Mat(0, 3, CV_32F));
    REQUIRE(none);
    CHECK(none->size == 0);
}
