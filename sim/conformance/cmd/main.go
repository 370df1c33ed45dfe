// Command cmd runs the conformance cases against a callback server:
//
//	go run ./sim/conformance/cmd --url http://127.0.0.1:8080/wechat/callback --appid wx… --token … --aeskey …
//
// It prints a table, or JSON with --json. Exit code 1: a case failed; 2: the cases could not be run.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/vrep/vrep/sim/conformance"
)

const (
	exitFine   = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// order is what the flags say.
type order struct {
	target     conformance.Target
	options    conformance.Options
	asJSON     bool
	list       bool
	only, from string
}

func parse(args []string, out io.Writer) (order, error) {
	var o order
	f := flag.NewFlagSet("conformance", flag.ContinueOnError)
	f.SetOutput(out)
	f.StringVar(&o.target.URL, "url", "", "address of the callback")
	f.StringVar(&o.target.AppID, "appid", "", "app id of the account")
	f.StringVar(&o.target.Token, "token", os.Getenv("CONFORMANCE_TOKEN"), "token of the callback; default $CONFORMANCE_TOKEN")
	f.StringVar(&o.target.AESKey, "aeskey", os.Getenv("CONFORMANCE_AESKEY"), "EncodingAESKey; default $CONFORMANCE_AESKEY")
	f.StringVar(&o.target.OriginalID, "original", "", "original id of the account (gh_…); any when empty")
	f.StringVar(&o.target.Mode, "mode", "safe", "safe, compat or plain")
	f.StringVar(&o.target.Format, "format", "xml", "data format of the account: xml or json")
	f.DurationVar(&o.options.Patience, "patience", 5*time.Second, "with one delivery")
	f.IntVar(&o.options.Doctors, "doctors", 100, "who speak at once in the burst")
	f.IntVar(&o.options.Slow, "slow", 50, "slow connections that must not hold up others")
	f.StringVar(&o.only, "only", "", "names or groups of cases, with commas between; all when empty")
	f.StringVar(&o.from, "probe", "", "address that answers GET ?openid=… with the number of messages that took effect")
	f.BoolVar(&o.asJSON, "json", false, "print JSON")
	f.BoolVar(&o.list, "list", false, "print the names of the cases and end")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", f.Arg(0))
	}
	if o.only != "" {
		o.options.Only = strings.Split(o.only, ",")
	}
	if o.from != "" {
		o.options.Probe = probe(o.from)
	}
	return o, nil
}

func run(ctx context.Context, args []string, out, errs io.Writer) int {
	o, err := parse(args, errs)
	if errors.Is(err, flag.ErrHelp) {
		return exitFine
	}
	if err != nil {
		fmt.Fprintln(errs, err)
		return exitUsage
	}
	if o.list {
		fmt.Fprintln(out, strings.Join(conformance.Names(o.target.Mode), "\n"))
		return exitFine
	}
	results, err := conformance.Run(ctx, o.target, o.options)
	if err != nil {
		fmt.Fprintln(errs, err)
		return exitUsage
	}
	if err := show(out, results, o.asJSON); err != nil {
		fmt.Fprintln(errs, err)
		return exitUsage
	}
	if len(conformance.Failed(results)) > 0 {
		return exitFailed
	}
	return exitFine
}

func show(out io.Writer, results []conformance.Result, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(results)
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	counts := map[string]int{}
	for _, r := range results {
		verdict := "ok"
		switch {
		case r.Skipped:
			verdict = "skipped"
		case !r.OK:
			verdict = "FAILED"
		}
		counts[verdict]++
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", verdict, r.Name, r.Took.Round(time.Millisecond), r.Why)
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("printing: %w", err)
	}
	fmt.Fprintf(out, "%d passed, %d failed, %d skipped\n", counts["ok"], counts["FAILED"], counts["skipped"])
	return nil
}

// probe asks an address how many messages of a doctor took effect.
func probe(address string) func(context.Context, string) (int, error) {
	return func(ctx context.Context, openID string) (int, error) {
		u, err := url.Parse(address)
		if err != nil {
			return 0, fmt.Errorf("reading the address: %w", err)
		}
		q := u.Query()
		q.Set("openid", openID)
		u.RawQuery = q.Encode()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
		if err != nil {
			return 0, fmt.Errorf("making the question: %w", err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return 0, errors.New("no answer")
		}
		defer res.Body.Close()
		body, err := io.ReadAll(io.LimitReader(res.Body, 64))
		if err != nil {
			return 0, fmt.Errorf("reading the answer: %w", err)
		}
		n, err := strconv.Atoi(strings.TrimSpace(string(body)))
		if err != nil || res.StatusCode != http.StatusOK {
			return 0, fmt.Errorf("status %d, or no number", res.StatusCode)
		}
		return n, nil
	}
}
