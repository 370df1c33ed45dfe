// Command badbot is a bot that can be given the faults that bots have, one by one or all at once. It is kept to prove that sim/conformance tells good
// from bad: without faults it passes every case, and each fault fails exactly the cases that are about it. It is no part of the product.
package main

import (
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8092", "loopback address")
	appID := flag.String("appid", "wx0123456789abcdef", "app id")
	token := flag.String("token", "bench-token", "token of the callback")
	aesKey := flag.String("aeskey", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "EncodingAESKey")
	faults := flag.String("faults", "", "faults with commas between; empty: the usual bad ones; none: a good bot")
	flag.Parse()
	k, err := newKeys(*appID, *token, *aesKey)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	has := bad
	if *faults != "" {
		has = nil
		for name := range strings.SplitSeq(*faults, ",") {
			has = append(has, fault(name))
		}
	}
	srv := &http.Server{Addr: *listen, Handler: newBot(k, 6*time.Second, has...), ReadHeaderTimeout: 2 * time.Second}
	if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
