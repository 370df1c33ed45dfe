package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"
)

func newHealthcheck() *cobra.Command {
	var configFile, url string
	c := &cobra.Command{
		Use: "healthcheck", Short: "ask the running service whether it is ready (for containers)",
		Example: "  vrep healthcheck\n  vrep healthcheck --url http://127.0.0.1:8080/readyz", Args: args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if url == "" {
				cfg, err := loadConfig(configFile)
				if err != nil {
					return err
				}
				url = readyURL(cfg.Listen)
			}
			return askReady(c.Context(), url)
		},
	}
	c.Flags().StringVar(&configFile, "config", "", "configuration file")
	c.Flags().StringVar(&url, "url", "", "address to ask instead of the configured one")
	return c
}

func readyURL(listen string) string {
	host, port, _ := net.SplitHostPort(listen)
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port) + "/readyz"
}

func askReady(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return usageError{fmt.Errorf("reading the address: %w", err)}
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("not ready: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: status %d", res.StatusCode)
	}
	return nil
}
