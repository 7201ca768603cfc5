// SPDX-License-Identifier: MIT
#include "cache/redis/reply_reader.hpp"

#include "cache/redis/stream.hpp"

#include <hiredis/hiredis.h>
#include <new>
#include <string>

namespace crier::redis {
namespace {

using Functions = redisReplyObjectFunctions;

// hiredis' own, which are the same for all readers.
const Functions& usual_functions() {
  static const Functions functions = [] {
    const std::unique_ptr<redisReader, void (*)(redisReader*)> reader(redisReaderCreate(),
                                                                      redisReaderFree);
    if (reader == nullptr) {
      throw std::bad_alloc();
    }
    return *reader->fn;
  }();
  return functions;
}

// Room for a list is made before its elements have come, so nobody may ask for more than he could
// send. The type of the count differs from release to release.
template <class Count>
void* create_list(const redisReadTask* task, Count count) {
  return static_cast<std::size_t>(count) > ReplyReader::kMostElements
             ? nullptr
             : usual_functions().createArray(task, count);
}

}  // namespace

void FreeReply::operator()(redisReply* reply) const { freeReplyObject(reply); }
void ReplyReader::Free::operator()(redisReader* reader) const { redisReaderFree(reader); }
void ReplyReader::Free::operator()(Functions* functions) const { delete functions; }

ReplyReader::ReplyReader()
    : functions_(new Functions(usual_functions())), reader_(redisReaderCreate()) {
  if (reader_ == nullptr) {
    throw std::bad_alloc();
  }
  functions_->createArray = create_list;
  reader_->fn = functions_.get();
}

Reply ReplyReader::next() {
  void* reply = nullptr;
  if (redisReaderGetReply(reader_.get(), &reply) != REDIS_OK) {
    if (reader_->err == REDIS_ERR_OOM) {
      throw Lost("gives an answer that is too large", false);
    }
    throw Lost("does not speak Redis' protocol: " + std::string(reader_->errstr), false);
  }
  if (reply == nullptr && fed_ > kMostBytes) {
    throw Lost("gives an answer that is too large", false);
  }
  if (reply != nullptr) {
    fed_ = 0;
  }
  return Reply(static_cast<redisReply*>(reply));
}

void ReplyReader::feed(std::string_view bytes) {
  fed_ += bytes.size();
  if (redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != REDIS_OK) {
    throw std::bad_alloc();
  }
}

}  // namespace crier::redis
