// An RSA key that was made for tests and opens nothing, and what the openssl program signs with it.
#pragma once

#include <string_view>

namespace lakeferry {

inline constexpr std::string_view kRsaTestKey =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDJ/eMx7OVl95en\n"
    "eSqi+4Z1F3Zw2/ced1JiQH2wVtCcB6e0tBWkPdwh/G3XtIGjvk5hJUfJs0J1kPBk\n"
    "rxQFpwOVSb3tbTzh9X1VYfnsI4M8nZJFhzD3qWsXxghnvOwu2hCO8cDA7lQKGHFd\n"
    "a5Pj4uNU8vpaj1JJ+quPXWU1yFYmoQIj5ErYvl0nuSbDv6WgXw1HVeRiLxhiqvdR\n"
    "LzoSui0GZXH8juKi9hPoIuLkBJNToKBzdW5rJkAPorEyjuNNXNoFNSWSzcyTvImZ\n"
    "x20yRn7fpAj81lgjHJxvYypbx4BkPcl9eoM1vXDtH3NrQHqitbf2/W1zSk3gaV8a\n"
    "OaEVvgCRAgMBAAECggEAUbIckmRAkeG2ljdE/d9iTfh74ICu7cUP7oor68bpH7pe\n"
    "45DUkfWtE5ffq1cn+dyuIc9svhEBJ8DD4c0H+ZNHuTk2lpFQhwl9tCto5E+mtDz8\n"
    "3J8luH1uwZJIcwCvu/FZsh7oOYALQHwLWd/5VDm/fWu6wyblfuNiQR1iooKRCZTr\n"
    "tveBaLzeMNw3uZlJBZBwpnXgUEzasAimNRcoG6XVLEIBuRWX4WBFKr1A9ixtNoPj\n"
    "kwkOy94An7/VRG9sE9T4rD6qpdaySsm6A3nY5L5cMkVOFtmmOzyCNgYYuOMah0KQ\n"
    "rhk7gCQbcLdmD32HxYWyrjbGxDWuumWutj0UmOq8YwKBgQD4iWKck61npQsgiNHW\n"
    "/9eB52atDOdzoQEqIU2XUTCuf4ljvc7mxQ8LauopC1PKGNdFdRCa7ok7r6MH0upg\n"
    "NVtEmeJhKew//SlkBBzyLonCf/rOJ9SmOouP8RPAcf0VTDcu4+W3LuIWlNmPHk6a\n"
    "C+M+o8VxyBuKGWvDZ8qk0zwPOwKBgQDQDrC2LCpMKPA+X7xKE8JxFO9WzBYS76bG\n"
    "tr9EDSyiXKl6EjHKEgZ5cb0txHQLCPg0oMXNxlgy9ADUf7ST+7F5q3CGS04OPgU0\n"
    "ea7me7Ol8k7o0wxvEkIFzNJvzMoUxF4CbAP+VimcaESq2dl20uPz9V9KltfpL9RG\n"
    "k7B0KzgKowKBgBEZerRlILAZ1dsmLrHJJm2kmxba5W26LRdV9T2s81l+Iti+7WZJ\n"
    "NpDFiVjLk7c64EzCEiNmuABoRCI8q6103lOo9r9SoBOC+n8MHWW4N/guz/WxHdtV\n"
    "+dYscvxxm0UE2mMagOqKijmdgh5rqmLE4Jylreb3KpXky9pE4NdYRTCTAoGAFsC0\n"
    "hIeZ7JBBjaCsl7FHf1RZxDU3aMS6iVqs2gVSz0Kw6f+ZYE7OVHOiy6GDSz2k3ySB\n"
    "3ToGpTPX72Uz20cYJoUgHh+YHqibqxxvixcWE1zHUmDaKD9n5vh6Pu23X8QFv+AO\n"
    "I79Kd6dTcxe112/CrAg2bpLGc+LeJQW7s0iSrV8CgYEAhnfu5K3Mj48ndP6Dhm1K\n"
    "wUGaVgzwsTW6nBO/5CWMZtFC30vc2woAg8C6QdtthlOcT9FJpPUb07ZNMMSEg+lu\n"
    "RQe17sF2PgHRB0qaOg4w0eqOl7D3Qnd0OFFAM5WsoBCR+jFYc/wm+oEdi2r5VFQg\n"
    "R7tw8vZdZjGoA2qaHjota9o=\n"
    "-----END PRIVATE KEY-----\n";
// The same in PKCS #1.
inline constexpr std::string_view kRsaTestKeyPkcs1 =
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "MIIEowIBAAKCAQEAyf3jMezlZfeXp3kqovuGdRd2cNv3HndSYkB9sFbQnAentLQV\n"
    "pD3cIfxt17SBo75OYSVHybNCdZDwZK8UBacDlUm97W084fV9VWH57CODPJ2SRYcw\n"
    "96lrF8YIZ7zsLtoQjvHAwO5UChhxXWuT4+LjVPL6Wo9SSfqrj11lNchWJqECI+RK\n"
    "2L5dJ7kmw7+loF8NR1XkYi8YYqr3US86ErotBmVx/I7iovYT6CLi5ASTU6Cgc3Vu\n"
    "ayZAD6KxMo7jTVzaBTUlks3Mk7yJmcdtMkZ+36QI/NZYIxycb2MqW8eAZD3JfXqD\n"
    "Nb1w7R9za0B6orW39v1tc0pN4GlfGjmhFb4AkQIDAQABAoIBAFGyHJJkQJHhtpY3\n"
    "RP3fYk34e+CAru3FD+6KK+vG6R+6XuOQ1JH1rROX36tXJ/ncriHPbL4RASfAw+HN\n"
    "B/mTR7k5NpaRUIcJfbQraORPprQ8/NyfJbh9bsGSSHMAr7vxWbIe6DmAC0B8C1nf\n"
    "+VQ5v31rusMm5X7jYkEdYqKCkQmU67b3gWi83jDcN7mZSQWQcKZ14FBM2rAIpjUX\n"
    "KBul1SxCAbkVl+FgRSq9QPYsbTaD45MJDsveAJ+/1URvbBPU+Kw+qqXWskrJugN5\n"
    "2OS+XDJFThbZpjs8gjYGGLjjGodCkK4ZO4AkG3C3Zg99h8WFsq42xsQ1rrplrrY9\n"
    "FJjqvGMCgYEA+IlinJOtZ6ULIIjR1v/XgedmrQznc6EBKiFNl1Ewrn+JY73O5sUP\n"
    "C2rqKQtTyhjXRXUQmu6JO6+jB9LqYDVbRJniYSnsP/0pZAQc8i6Jwn/6zifUpjqL\n"
    "j/ETwHH9FUw3LuPlty7iFpTZjx5OmgvjPqPFccgbihlrw2fKpNM8DzsCgYEA0A6w\n"
    "tiwqTCjwPl+8ShPCcRTvVswWEu+mxra/RA0solypehIxyhIGeXG9LcR0Cwj4NKDF\n"
    "zcZYMvQA1H+0k/uxeatwhktODj4FNHmu5nuzpfJO6NMMbxJCBczSb8zKFMReAmwD\n"
    "/lYpnGhEqtnZdtLj8/VfSpbX6S/URpOwdCs4CqMCgYARGXq0ZSCwGdXbJi6xySZt\n"
    "pJsW2uVtui0XVfU9rPNZfiLYvu1mSTaQxYlYy5O3OuBMwhIjZrgAaEQiPKutdN5T\n"
    "qPa/UqATgvp/DB1luDf4Ls/1sR3bVfnWLHL8cZtFBNpjGoDqioo5nYIea6pixOCc\n"
    "pa3m9yqV5MvaRODXWEUwkwKBgBbAtISHmeyQQY2grJexR39UWcQ1N2jEuolarNoF\n"
    "Us9CsOn/mWBOzlRzosuhg0s9pN8kgd06BqUz1+9lM9tHGCaFIB4fmB6om6scb4sX\n"
    "FhNcx1Jg2ig/Z+b4ej7tt1/EBb/gDiO/SnenU3MXtddvwqwINm6SxnPi3iUFu7NI\n"
    "kq1fAoGBAIZ37uStzI+PJ3T+g4ZtSsFBmlYM8LE1upwTv+QljGbRQt9L3NsKAIPA\n"
    "ukHbbYZTnE/RSaT1G9O2TTDEhIPpbkUHte7Bdj4B0QdKmjoOMNHqjpew90J3dDhR\n"
    "QDOVrKAQkfoxWHP8JvqBHYtq+VRUIEe7cPL2XWYxqANqmh46LWva\n"
    "-----END RSA PRIVATE KEY-----\n";
// One of 1024 bits.
inline constexpr std::string_view kRsaSmallKey =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIICeAIBADANBgkqhkiG9w0BAQEFAASCAmIwggJeAgEAAoGBAPb7bTMsUL8KVChG\n"
    "34VRUFY/nLwNOlKzezGOSvJ/oHlyGhBy1GlQHAfOV7YbxCo5QPAtJLpzH9rgljTu\n"
    "i6ZbN0Nfwuaf4/X2hkcpPuPhczApVogffq/p+6OvOFp3X9TnTXg6JOYOV/+k58f0\n"
    "MWU4tV7w45QVjbIv8KhLV4xRKzCNAgMBAAECgYEAwbh78oNz4iRr1hug/qTE6qGC\n"
    "gk2tzWhR3JDLYGGSsS86GmS3DtNy6PyD96bXunal5LzD7iqWdctqhaIFjzpEoN1p\n"
    "nZCOdfZG8IuyLZ7ruuiPmWy29XgHdLIxYWS5TT57BOXK/qVtxRFy2/2dN2PpOKNO\n"
    "L8fmJjiphN7D8goykNECQQD8nvJF6xMn6+JzIKkax01zfaNPYC4AqA0qn32rvfNi\n"
    "bD9Y1r3gurjLh7gkEPhFi6C/owun3NuOEtsSBPCY7u/bAkEA+kkr3AOSH/RXRZKo\n"
    "u4JXixrhhkWATYrnaEyrCwvUNpIKcOnk7I0wOSJSEQ/YvBlx9BoCz3i2ILPNJI+z\n"
    "ah+htwJBAPxd0YyVxeJI3UXEKAuvdSleJwrB+9L+D4E4KfSrY3w8xZ/7j171Sm1R\n"
    "nVyyc0QOtD0eJiPBGLk7Dw1WUAGIGacCQQDXVpE30JKuj4luwIoQGkq70jrrTWzg\n"
    "SnxizmPzMxA4i1oUYAioRamR3qeBKoMtAy95988nNhJs/IWpyUFyMxjtAkBcoDqn\n"
    "k+0oYxF6lEQnPdmNw6i79+bOB5awjshSbbaEsTMZiGT+TVcM9PNpux8XH5gUqmCb\n"
    "8ESjWdD551r+rtaV\n"
    "-----END PRIVATE KEY-----\n";
// `openssl dgst -sha256 -sign` of "message", in Base64 of URLs.
inline constexpr std::string_view kRsaTestSignature =
    "aS4lDp6YqLJ2e2elJVXetFGrH2d7HmYnw2TAR4R2lyQCnjbH7OKyeGeC20MLaBTlcvMueCKSGQo3SQYiWP3IVrzAmnStiqrcOLK6"
    "Bov0X5y7fbaIVgeOTZPRKgvXUHdwesrwv-JpgiPWxMlab2uhQNBPaWuD9MZ676gG5gZlJPji43TndSQOPv6vwyALiUOhZY5vvyu-"
    "F_1UiY-QP3oLyO36vWjX6qSYcbNKAH2pZz_8DLWFZcS11XCg6ZLzzH8aHRgHrIvRtj4NSTXI-I1mgr8LTxLaXzN6Ig5KB4g7v9gq"
    "7Hv4XTQy0wUhy7uhdsHIkhCMeGG5y6I5TZ_wFjoX6w";

// A certificate of kRsaTestKey, and its SHA-256 as `openssl dgst` has it, in Base64 of URLs.
inline constexpr std::string_view kRsaTestCertificate =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIDEzCCAfugAwIBAgIUctvf3RKM8Y0PZldxWpe0vIv8CQ8wDQYJKoZIhvcNAQEL\n"
    "BQAwGTEXMBUGA1UEAwwObGFrZWZlcnJ5LXRlc3QwHhcNMjYxMTMwMDYwNjI1WhcN\n"
    "MzYxMTI3MDYwNjI1WjAZMRcwFQYDVQQDDA5sYWtlZmVycnktdGVzdDCCASIwDQYJ\n"
    "KoZIhvcNAQEBBQADggEPADCCAQoCggEBAMn94zHs5WX3l6d5KqL7hnUXdnDb9x53\n"
    "UmJAfbBW0JwHp7S0FaQ93CH8bde0gaO+TmElR8mzQnWQ8GSvFAWnA5VJve1tPOH1\n"
    "fVVh+ewjgzydkkWHMPepaxfGCGe87C7aEI7xwMDuVAoYcV1rk+Pi41Ty+lqPUkn6\n"
    "q49dZTXIViahAiPkSti+XSe5JsO/paBfDUdV5GIvGGKq91EvOhK6LQZlcfyO4qL2\n"
    "E+gi4uQEk1OgoHN1bmsmQA+isTKO401c2gU1JZLNzJO8iZnHbTJGft+kCPzWWCMc\n"
    "nG9jKlvHgGQ9yX16gzW9cO0fc2tAeqK1t/b9bXNKTeBpXxo5oRW+AJECAwEAAaNT\n"
    "MFEwHQYDVR0OBBYEFIc4oCzqMgjM8WZp7JmsqRv9Tck6MB8GA1UdIwQYMBaAFIc4\n"
    "oCzqMgjM8WZp7JmsqRv9Tck6MA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQEL\n"
    "BQADggEBAJG7MiYqjFsWRSprg6YeaKM/E2AVZ2ozFmJy7QZniMl+yOBDNt+ZCcpS\n"
    "ir516zDP1NdU8AHoI1Qb9cP8Z1s8XxaNRq02BELECgbT2vlSXXfZXiISiEBazIwk\n"
    "n9QgKW0xsM59RZM28Iw9YJ6uSlqAnNO9Caq5lAs2vIL/3GSJK7pQxnYdvGiSuq+p\n"
    "oiKN8Jj1YxPsS27yoGgMOmeU47h6d5KwBZuUAExOzaiSUAJuBsrpq9/GpD4lpu33\n"
    "SdEHhiwtf7aY+8qrH1JbUmbTq+qM48WiDhjmBcKPCihDRDmnsdvOSQoeR1+ydc9C\n"
    "7TZoQY544RMoTW4ditsaWcYXtitzO7U=\n"
    "-----END CERTIFICATE-----\n";
inline constexpr std::string_view kRsaTestThumbprint = "Afp92KP-PMuz_zmUEBeimEJMH9NI8i2ijVGDkJp3txI";

}  // namespace lakeferry
