package config

import (
	"encoding/base64"
	"net"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
)

func always(string) string { return "" }

func optional(check func(string) string) func(string) string {
	return func(v string) string {
		if v == "" {
			return ""
		}
		return check(v)
	}
}

func hostPort(v string) string {
	_, port, err := net.SplitHostPort(v)
	if err != nil {
		return "must be host:port, such as 127.0.0.1:8080 or :8080"
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return "port must be a number from 0 to 65535"
	}
	return ""
}

// redisAddress takes what store/session takes: host:port, several for a cluster, a socket, or an address with user and database.
func redisAddress(v string) string {
	if strings.HasPrefix(v, "unix:") || strings.HasPrefix(v, "redis://") || strings.HasPrefix(v, "rediss://") {
		return ""
	}
	for part := range strings.SplitSeq(v, ",") {
		if hostPort(strings.TrimSpace(part)) != "" {
			return "must be host:port, several separated by commas, unix:PATH, or redis://…"
		}
	}
	return ""
}

func loopbackHostPort(v string) string {
	if msg := hostPort(v); msg != "" {
		return msg
	}
	host, _, _ := net.SplitHostPort(v)
	if !IsLoopback(host) {
		return "must be a loopback address, such as 127.0.0.1:9090, because profiling is served there"
	}
	return ""
}

// IsLoopback tells whether host is this machine only.
func IsLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func webAddress(v string) string {
	u, err := url.Parse(v)
	switch {
	case err != nil || u.Host == "":
		return "must be an address such as https://vrep.example.com"
	case u.Scheme == "https":
		return ""
	case u.Scheme == "http" && IsLoopback(u.Hostname()):
		return ""
	}
	return "must begin with https:// (http:// only for a loopback address)"
}

func timeZone(v string) string {
	if _, err := time.LoadLocation(v); err != nil {
		return "must be a zone name such as Asia/Shanghai"
	}
	return ""
}

func atLeast32(v string) string {
	if len(v) < 32 {
		return "must have at least 32 characters, such as the output of: openssl rand -hex 32"
	}
	return ""
}

func folder(v string) string {
	if st, err := os.Stat(v); err != nil || !st.IsDir() {
		return "must be a folder that exists"
	}
	return ""
}

func mysqlDSN(v string) string {
	cfg, err := mysql.ParseDSN(v)
	if err != nil || cfg.DBName == "" {
		return "must look like user:pass@tcp(host:3306)/db"
	}
	return ""
}

var (
	appIDShape = regexp.MustCompile(`^wx[0-9a-zA-Z]{4,30}$`)
	tokenShape = regexp.MustCompile(`^[0-9A-Za-z]{3,32}$`)
)

func appID(v string) string {
	if !appIDShape.MatchString(v) {
		return "must be wx followed by letters and digits, as the platform shows it"
	}
	return ""
}

func callbackToken(v string) string {
	if !tokenShape.MatchString(v) {
		return "must be 3 to 32 letters and digits"
	}
	return ""
}

func aesKey(v string) string {
	if len(v) != 43 {
		return "must have exactly 43 characters"
	}
	if _, err := base64.StdEncoding.DecodeString(v + "="); err != nil {
		return "must be 43 letters and digits as the platform shows them"
	}
	return ""
}

// dayCount wants one day to ten years.
func dayCount(v string) string {
	if n, err := strconv.Atoi(v); err != nil || n < 1 || n > 3650 {
		return "a whole number of days from 1 to 3650"
	}
	return ""
}

func wholeNumber(v string) string {
	if _, err := strconv.ParseUint(v, 10, 63); err != nil {
		return "must be a whole number"
	}
	return ""
}

var (
	templateShape = regexp.MustCompile(`^[0-9A-Za-z_-]{8,64}$`)
	fieldShape    = regexp.MustCompile(`^[a-z_]+[0-9]+=[a-z]+$`)
	limitShape    = regexp.MustCompile(`^[a-z]+=[1-9][0-9]{0,8}$`)
)

func templateID(v string) string {
	if !templateShape.MatchString(v) {
		return "must be the id of a template as the account's list of templates shows it"
	}
	return ""
}

// each checks the parts of a list with commas.
func each(v string, shape *regexp.Regexp) bool {
	for part := range strings.SplitSeq(v, ",") {
		if !shape.MatchString(strings.TrimSpace(part)) {
			return false
		}
	}
	return true
}

func templateFields(v string) string {
	if !each(v, fieldShape) {
		return "must be field=value, separated by commas, such as thing1=title,time2=time"
	}
	return ""
}

func dailyLimits(v string) string {
	if v != "" && !each(v, limitShape) {
		return "must be call=number, separated by commas, such as custom=500000,template=100000"
	}
	return ""
}

func percent(v string) string {
	if n, err := strconv.Atoi(v); err != nil || n < 0 || n > 90 {
		return "must be a whole number from 0 to 90"
	}
	return ""
}

func onOff(v string) string {
	if v != "on" && v != "off" {
		return "must be on or off"
	}
	return ""
}
