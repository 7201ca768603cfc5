// SPDX-License-Identifier: MIT
#include "serve/http_server.hpp"

#include <crier/error.hpp>

#include "serve/waited_for.hpp"

#include <algorithm>
#include <charconv>
#include <microhttpd.h>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace crier::cli {

namespace {

// A request that comes in.
struct Incoming {
  std::string body;
  bool is_refused = false;  // it was answered before it was whole
};

struct Streaming {
  HttpResponse::Stream next;
  std::string piece;
};

int socket_of(MHD_Connection* connection) {
  return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

MHD_Result add_field(void* fields, MHD_ValueKind, const char* name, std::size_t name_size,
                     const char* value, std::size_t value_size) {
  static_cast<HttpFields*>(fields)->emplace_back(
      std::string(name, name_size), value == nullptr ? "" : std::string(value, value_size));
  return MHD_YES;
}

HttpFields fields_of(MHD_Connection* connection, MHD_ValueKind kind) {
  HttpFields fields;
  MHD_get_connection_values_n(connection, kind, add_field, &fields);
  return fields;
}

// A path is C's text, which a NUL would end: it becomes another character that stands for nothing.
std::size_t unescape(void*, MHD_Connection*, char* text) {
  constexpr char kSubstitute = '\x1a';
  const std::size_t size = MHD_http_unescape(text);
  std::replace(text, text + size, '\0', kSubstitute);
  return size;
}

ssize_t read_stream(void* streaming, std::uint64_t, char* buffer, std::size_t most) {
  auto& [next, piece] = *static_cast<Streaming*>(streaming);
  while (piece.empty()) {
    std::optional<std::string> more = next();
    if (!more) {
      return MHD_CONTENT_READER_END_OF_STREAM;
    }
    piece = std::move(*more);
  }
  const std::size_t size = piece.copy(buffer, most);
  piece.erase(0, size);
  return static_cast<ssize_t>(size);
}

void free_stream(void* streaming) { delete static_cast<Streaming*>(streaming); }

MHD_Result queue(MHD_Connection* connection, HttpResponse response) {
  constexpr std::size_t kBlock = 16 * 1024;
  MHD_Response* const made =
      response.stream ? MHD_create_response_from_callback(
                            MHD_SIZE_UNKNOWN, kBlock, read_stream,
                            new Streaming{std::move(response.stream), {}}, free_stream)
                      : MHD_create_response_from_buffer(response.body.size(), response.body.data(),
                                                        MHD_RESPMEM_MUST_COPY);
  if (made == nullptr) {
    return MHD_NO;
  }
  MHD_add_response_header(made, "Content-Type", response.type.c_str());
  for (const auto& [name, value] : response.headers) {
    MHD_add_response_header(made, name.c_str(), value.c_str());
  }
  const MHD_Result queued = MHD_queue_response(connection, response.status, made);
  MHD_destroy_response(made);
  return queued;
}

HttpResponse refusal(unsigned status, std::string sentence) {
  return {.status = status,
          .body = std::move(sentence) + '\n',
          .type = "text/plain; charset=utf-8",
          .headers = {{"Connection", "close"}, {"X-Content-Type-Options", "nosniff"}}};
}

}  // namespace

class HttpServer::Daemon {
 public:
  Daemon(int socket, Handler handler, const HttpLimits& limits)
      : handler_(std::move(handler)), limits_(limits), waited_for_(limits.patience) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(limits.patience).count();
    daemon_ = MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL |
            MHD_USE_ITC,
        0, nullptr, nullptr, on_request, this, MHD_OPTION_LISTEN_SOCKET, socket,
        MHD_OPTION_CONNECTION_LIMIT, limits.connections, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        limits.header_bytes, MHD_OPTION_CONNECTION_TIMEOUT, static_cast<unsigned>(seconds),
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, this, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, this, MHD_OPTION_UNESCAPE_CALLBACK, unescape, nullptr, MHD_OPTION_END);
    if (daemon_ == nullptr) {
      throw Error("listen", "can't start the web page: the HTTP server does not start",
                  Error::Kind::retryable);
    }
  }
  ~Daemon() { MHD_stop_daemon(daemon_); }
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

 private:
  static void on_connection(void* self, MHD_Connection* connection, void**,
                            MHD_ConnectionNotificationCode code) {
    WaitedFor& waited_for = static_cast<Daemon*>(self)->waited_for_;
    code == MHD_CONNECTION_NOTIFY_STARTED ? waited_for.begin(socket_of(connection))
                                          : waited_for.end(socket_of(connection));
  }

  static void on_completed(void* self, MHD_Connection* connection, void** incoming,
                           MHD_RequestTerminationCode code) {
    delete static_cast<Incoming*>(std::exchange(*incoming, nullptr));
    if (code == MHD_REQUEST_TERMINATED_COMPLETED_OK) {  // the next request may come
      static_cast<Daemon*>(self)->waited_for_.begin(socket_of(connection));
    }
  }

  static MHD_Result on_request(void* self, MHD_Connection* connection, const char* path,
                               const char* method, const char*, const char* data, std::size_t* size,
                               void** incoming) {
    return static_cast<Daemon*>(self)->take(connection, {path, method}, {data, *size}, size,
                                            reinterpret_cast<Incoming**>(incoming));
  }

  struct Line {
    const char* path;
    const char* method;
  };

  // Called with the head of a request, then with each piece of its body, and at its end.
  MHD_Result take(MHD_Connection* connection, const Line& line, std::string_view piece,
                  std::size_t* left, Incoming** incoming) {
    if (*incoming == nullptr) {
      *incoming = new Incoming;
      return refuse_large(connection, **incoming);
    }
    if (*left != 0) {
      *left = 0;
      std::string& body = (*incoming)->body;
      if (body.size() + piece.size() > limits_.body_bytes) {
        return MHD_NO;  // whose length was not told: there is no way to answer now
      }
      body += piece;
      return MHD_YES;
    }
    if ((*incoming)->is_refused) {
      return MHD_YES;
    }
    waited_for_.end(socket_of(connection));
    HttpResponse response = handler_(request_of(connection, line, (*incoming)->body));
    if (!response.stream) {
      waited_for_.begin(socket_of(connection));
    }
    return queue(connection, std::move(response));
  }

  MHD_Result refuse_large(MHD_Connection* connection, Incoming& incoming) const {
    const char* const length =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
    if (length == nullptr) {
      return MHD_YES;
    }
    std::size_t bytes = 0;
    const std::string_view text = length;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
    if (error == std::errc() && bytes <= limits_.body_bytes) {
      return MHD_YES;
    }
    incoming.is_refused = true;
    return queue(connection, refusal(413, "The body of a request may have " +
                                              std::to_string(limits_.body_bytes) + " bytes."));
  }

  static HttpRequest request_of(MHD_Connection* connection, const Line& line,
                                std::string_view body) {
    HttpRequest request{.method = line.method,
                        .path = line.path,
                        .query = fields_of(connection, MHD_GET_ARGUMENT_KIND),
                        .form = {},
                        .headers = fields_of(connection, MHD_HEADER_KIND)};
    request.has_form =
        request.header("Content-Type").starts_with("application/x-www-form-urlencoded");
    if (request.has_form) {
      request.form = read_form(body);
    }
    return request;
  }

  const Handler handler_;
  const HttpLimits limits_;
  WaitedFor waited_for_;
  MHD_Daemon* daemon_ = nullptr;
};

HttpServer::HttpServer(int socket, Handler handler, const HttpLimits& limits)
    : daemon_(std::make_unique<Daemon>(socket, std::move(handler), limits)) {}

HttpServer::~HttpServer() = default;

}  // namespace crier::cli
