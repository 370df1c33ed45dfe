package wechat

import (
	"errors"
	"net"
	"net/url"
	"strings"
)

// Hosts of the platforms' APIs: constants in the SDK, the default addresses here.
const (
	wechatHost = "api.weixin.qq.com"
	wecomHost  = "qyapi.weixin.qq.com"
	openHost   = "open.weixin.qq.com" // sign-in pages
	mpHost     = "mp.weixin.qq.com"   // pictures of codes
)

// ErrBase is returned for an API address that would carry secrets in the clear: anything but https, unless it points
// to this machine.
var ErrBase = errors.New("wechat: API address must be https, or http to a loopback address, without user, query or fragment")

// readBase reads an API address with an optional path before the platform's own; "" is the platform itself.
func readBase(text, host string) (*url.URL, error) {
	if text == "" {
		return &url.URL{Scheme: "https", Host: host}, nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, ErrBase
	}
	if u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())) {
		return nil, ErrBase
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath = ""
	return u, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
