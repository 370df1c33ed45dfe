package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/vrep/vrep/config"
	"github.com/vrep/vrep/flows/author"
)

func newFlowsPreview() *cobra.Command {
	var listen, profile, now string
	c := &cobra.Command{
		Use: "preview [FLOW or FILE or DIR]", Short: "talk to a draft in the browser; follows every save",
		Long: "Serves a phone page on this machine: the talk on one side, what happens in the flow on the other. It reads the folder again whenever a file\n" +
			"is saved and stays at the same question. Without an argument the shipped flows. Ctrl-C stops it.",
		Example: "  vrep flows preview flows/library\n  vrep flows preview flows/library/first_visit.yaml\n  vrep flows preview first_visit --listen 8090",
		Args:    args(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, a []string) error {
			opt, err := previewOptions(a, profile, now)
			if err != nil {
				return err
			}
			return preview(c, opt, listen)
		},
	}
	c.Flags().StringVar(&listen, "listen", "127.0.0.1:0", "loopback address or port; port 0 takes a free one")
	c.Flags().StringVar(&profile, "profile", "", "YAML file with values of the portrait")
	c.Flags().StringVar(&now, "now", "", "the clock, such as 2026-03-04T10:00:00+08:00")
	return c
}

// previewOptions reads what is to be shown: a folder, a file in it, or the name of a flow here or among the shipped ones.
func previewOptions(a []string, profile, now string) (author.PreviewOptions, error) {
	t, err := previewTarget(a)
	if err != nil {
		return author.PreviewOptions{}, err
	}
	opt := author.PreviewOptions{FS: t.fsys, Dir: t.dir, Place: t.dir, File: t.file}
	at, err := readNow(now)
	if err != nil {
		return opt, err
	}
	opt.Now = func() time.Time { return at }
	if now == "" {
		opt.Now = func() time.Time { return time.Now().In(at.Location()) }
	}
	if profile != "" {
		if opt.Profile, err = os.ReadFile(profile); err != nil {
			return opt, usageError{fmt.Errorf("reading the profile: %w", err)}
		}
	}
	return opt, nil
}

// previewTarget takes the name of a flow too: of this folder, else of the shipped ones.
func previewTarget(a []string) (target, error) {
	if len(a) == 0 || strings.ContainsAny(a[0], `/\.`) {
		return readTarget(a)
	}
	if _, err := os.Stat(a[0]); err == nil {
		return readTarget(a)
	}
	name := a[0] + ".yaml"
	if _, err := os.Stat(name); err == nil {
		return readTarget([]string{name})
	}
	t, err := readTarget(nil)
	if err != nil {
		return t, err
	}
	if _, err := fs.Stat(t.fsys, name); err != nil {
		return t, usageError{fmt.Errorf("%s is no file, no folder and no flow", a[0])}
	}
	t.file = name
	return t, nil
}

// preview serves until the context ends.
func preview(c *cobra.Command, opt author.PreviewOptions, listen string) error {
	if !strings.Contains(listen, ":") {
		listen = net.JoinHostPort("127.0.0.1", listen)
	}
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return usageError{fmt.Errorf("--listen must be a port or host:port: %w", err)}
	}
	if !config.IsLoopback(host) {
		return usageError{fmt.Errorf("the preview knows no password: --listen takes loopback addresses only, not %s", listen)}
	}
	p, err := author.NewPreview(opt)
	if err != nil {
		return usageError{err}
	}
	ctx, cancel := context.WithCancel(c.Context())
	defer cancel()
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
	if err != nil {
		return fmt.Errorf("listening (another address: --listen 127.0.0.1:0): %w", err)
	}
	watched := make(chan struct{})
	go func() { defer close(watched); p.Watch(ctx) }()
	// Requests live no longer than the command: open event streams end with it.
	server := &http.Server{Handler: p.Handler(), ReadHeaderTimeout: 5 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(ln) }()
	if _, err := fmt.Fprintf(c.OutOrStdout(), "http://%s/\nCtrl-C stops the preview.\n", ln.Addr()); err != nil {
		return err
	}
	select {
	case err = <-failed:
	case <-ctx.Done():
		stop, done := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
		defer done()
		err = server.Shutdown(stop)
	}
	cancel()
	<-watched
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
