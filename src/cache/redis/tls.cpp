// SPDX-License-Identifier: MIT
#include "cache/redis/tls.hpp"

#include <crier/error.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <climits>
#include <netinet/in.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <poll.h>
#include <sys/socket.h>
#include <utility>

namespace crier::redis {
namespace {

// The last thing that OpenSSL noted on this thread.
std::string last_words() {
  const unsigned long code = ERR_peek_last_error();
  const char* const reason = ERR_reason_error_string(code);
  ERR_clear_error();
  return reason == nullptr ? "no reason is known" : reason;
}

[[noreturn]] void refuse_file(const std::string& what) {
  throw Error("open", "the Redis URL's " + what + ": " + last_words(),
              Error::Kind::invalid_argument);
}

bool is_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return ::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

int socket_of(BIO* bio) { return *static_cast<int*>(BIO_get_data(bio)); }

// OpenSSL's own way to a socket would end the program by SIGPIPE if the server hangs up.
int write_to_socket(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t sent = ::send(socket_of(bio), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
    BIO_set_retry_write(bio);
  }
  return static_cast<int>(sent);
}

int read_from_socket(BIO* bio, char* into, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t got = ::recv(socket_of(bio), into, static_cast<std::size_t>(size), 0);
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
    BIO_set_retry_read(bio);
  }
  return static_cast<int>(got);
}

long control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO_METHOD* make_method() {
  BIO_METHOD* const method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "crier");
  if (method != nullptr) {
    BIO_meth_set_write(method, write_to_socket);
    BIO_meth_set_read(method, read_from_socket);
    BIO_meth_set_ctrl(method, control);
  }
  return method;
}

class TlsStream final : public Stream {
 public:
  TlsStream(ssl_ctx_st* context, TlsSettings::Verify verify, Socket socket, const std::string& host)
      : socket_(std::move(socket)), fd_(socket_.fd()), ssl_(SSL_new(context), SSL_free) {
    static BIO_METHOD* const method = make_method();
    BIO* const bio = method == nullptr ? nullptr : BIO_new(method);
    if (ssl_ == nullptr || bio == nullptr) {
      BIO_free(bio);
      throw std::bad_alloc();
    }
    BIO_set_data(bio, &fd_);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
    const bool by_address = is_address(host);
    const bool is_set =
        (by_address || SSL_set_tlsext_host_name(ssl_.get(), host.c_str()) == 1) &&
        (verify != TlsSettings::Verify::full ||
         (by_address ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), host.c_str()) == 1
                     : SSL_set1_host(ssl_.get(), host.c_str()) == 1));
    if (!is_set) {
      throw Lost("can't be asked for a certificate of '" + host + "': " + last_words(), false);
    }
  }

  void shake_hands(Time ends) {
    for (;;) {
      ERR_clear_error();
      const int result = SSL_connect(ssl_.get());
      if (result == 1) {
        return;
      }
      if (!wants_to_wait(result)) {
        throw failure("does not agree on TLS");
      }
      wait(ends);
    }
  }

  std::size_t read(char* into, std::size_t size) override {
    ERR_clear_error();
    const int got = SSL_read(ssl_.get(), into, bounded(size));
    return moved(got);
  }
  std::size_t write(std::string_view bytes) override {
    ERR_clear_error();
    const int sent = SSL_write(ssl_.get(), bytes.data(), bounded(bytes.size()));
    return moved(sent);
  }
  void wait(Time ends) override { socket_.wait(event_, ends); }
  void wait_for_bytes(Time ends) override {
    if (SSL_has_pending(ssl_.get()) == 0) {  // what it holds already, poll() does not see
      socket_.wait(POLLIN, ends);
    }
  }

 private:
  static int bounded(std::size_t size) {
    return static_cast<int>(std::min<std::size_t>(size, INT_MAX));
  }

  bool wants_to_wait(int result) {
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        event_ = POLLIN;
        return true;
      case SSL_ERROR_WANT_WRITE:
        event_ = POLLOUT;
        return true;
      default:
        return false;
    }
  }

  std::size_t moved(int size) {
    if (size > 0) {
      return static_cast<std::size_t>(size);
    }
    if (!wants_to_wait(size)) {
      throw failure("has closed the connection");
    }
    return 0;
  }

  // A server that hangs up is as good as any that does; one that can't be trusted stays so.
  Lost failure(const std::string& what) {
    const long verdict = SSL_get_verify_result(ssl_.get());
    if (verdict != X509_V_OK && SSL_get_verify_mode(ssl_.get()) != SSL_VERIFY_NONE) {
      ERR_clear_error();
      return Lost("has a certificate that is not trusted: " +
                      std::string(X509_verify_cert_error_string(verdict)),
                  false);
    }
    if (ERR_peek_last_error() == 0) {
      return Lost("has closed the connection");
    }
    const bool hung_up =
        ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
    return Lost(what + ": " + last_words(), hung_up);
  }

  const Socket socket_;
  int fd_;  // whose place the BIO knows
  short event_ = 0;
  const std::unique_ptr<SSL, void (*)(SSL*)> ssl_;
};

}  // namespace

TlsContext::TlsContext(const TlsSettings& settings)
    : verify_(settings.verify), context_(SSL_CTX_new(TLS_client_method())) {
  SSL_CTX* const context = context_.get();
  if (context == nullptr) {
    throw std::bad_alloc();
  }
  ERR_clear_error();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_verify(
      context, verify_ == TlsSettings::Verify::none ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
  if (settings.ca.empty()) {
    SSL_CTX_set_default_verify_paths(context);
  } else if (SSL_CTX_load_verify_locations(context, settings.ca.c_str(), nullptr) != 1) {
    refuse_file("ca is no file of certificates");
  }
  if (settings.cert.empty()) {
    return;
  }
  if (SSL_CTX_use_certificate_chain_file(context, settings.cert.c_str()) != 1) {
    refuse_file("cert is no file of certificates");
  }
  // A key that asks for a passphrase would wait at a terminal.
  SSL_CTX_set_default_passwd_cb(context, [](char*, int, int, void*) { return 0; });
  if (SSL_CTX_use_PrivateKey_file(context, settings.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context) != 1) {
    refuse_file("key is no file with the unencrypted key of cert");
  }
}

std::unique_ptr<Stream> TlsContext::wrap(Socket socket, const std::string& host, Time ends) const {
  auto stream = std::make_unique<TlsStream>(context_.get(), verify_, std::move(socket), host);
  stream->shake_hands(ends);
  return stream;
}

void TlsContext::Free::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

}  // namespace crier::redis
