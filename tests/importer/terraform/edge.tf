# A load balancer with the newer resources of the provider: listener attributes, client certificates with a trust store,
# a web ACL, an Auto Scaling group, and a function with its permission. The web ACL and the group exist already.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "endpoint" {
  description = "URL of the local AWS simulator"
}

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "testing"
  secret_key                  = "testing"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  endpoints {
    acm         = var.endpoint
    autoscaling = var.endpoint
    ec2         = var.endpoint
    elbv2       = var.endpoint
    iam         = var.endpoint
    lambda      = var.endpoint
    route53     = var.endpoint
    sts         = var.endpoint
    wafv2       = var.endpoint
  }
}

data "aws_vpc" "default" {
  default = true
}

data "aws_subnets" "default" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.default.id]
  }
}

data "aws_wafv2_web_acl" "edge" {
  name  = "edge"
  scope = "REGIONAL"
}

resource "aws_security_group" "balancer" {
  name        = "edge-balancer"
  description = "The load balancer at the edge"
  vpc_id      = data.aws_vpc.default.id
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_lb" "edge" {
  name                       = "edge"
  security_groups            = [aws_security_group.balancer.id]
  subnets                    = slice(sort(data.aws_subnets.default.ids), 0, 2)
  drop_invalid_header_fields = true
  preserve_host_header       = true
  client_keep_alive          = 600
}

resource "aws_wafv2_web_acl_association" "edge" {
  resource_arn = aws_lb.edge.arn
  web_acl_arn  = data.aws_wafv2_web_acl.edge.arn
}

resource "aws_lb_target_group" "fleet" {
  name     = "edge-fleet"
  port     = 8080
  protocol = "HTTP"
  vpc_id   = data.aws_vpc.default.id
  health_check {
    path = "/health"
  }
}

resource "aws_autoscaling_attachment" "fleet" {
  autoscaling_group_name = "fleet"
  lb_target_group_arn    = aws_lb_target_group.fleet.arn
}

resource "aws_lb_target_group" "hello" {
  name        = "edge-hello"
  target_type = "lambda"
}

resource "aws_lambda_permission" "hello" {
  statement_id  = "edge"
  action        = "lambda:InvokeFunction"
  function_name = "arn:aws:lambda:eu-central-1:123456789012:function:hello"
  principal     = "elasticloadbalancing.amazonaws.com"
  source_arn    = aws_lb_target_group.hello.arn
}

resource "aws_lb_target_group_attachment" "hello" {
  target_group_arn = aws_lb_target_group.hello.arn
  target_id        = "arn:aws:lambda:eu-central-1:123456789012:function:hello"
  depends_on       = [aws_lambda_permission.hello]
}

resource "aws_acm_certificate" "edge" {
  domain_name       = "edge.shop.example"
  validation_method = "DNS"
}

resource "aws_route53_zone" "main" {
  name = "shop.example"
}

resource "aws_route53_record" "validation" {
  for_each = {
    for option in aws_acm_certificate.edge.domain_validation_options : option.domain_name => option
  }
  zone_id = aws_route53_zone.main.zone_id
  name    = each.value.resource_record_name
  type    = each.value.resource_record_type
  records = [each.value.resource_record_value]
  ttl     = 60
}

resource "aws_acm_certificate_validation" "edge" {
  certificate_arn         = aws_acm_certificate.edge.arn
  validation_record_fqdns = [for record in aws_route53_record.validation : record.fqdn]
}

resource "aws_lb_trust_store" "clients" {
  name                             = "edge-clients"
  ca_certificates_bundle_s3_bucket = "authorities"
  ca_certificates_bundle_s3_key    = "ca.pem"
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.edge.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = aws_acm_certificate_validation.edge.certificate_arn

  routing_http_response_server_enabled                             = false
  routing_http_response_strict_transport_security_header_value     = "max-age=31536000"
  routing_http_request_x_amzn_mtls_clientcert_subject_header_name  = "X-Client"
  mutual_authentication {
    mode            = "verify"
    trust_store_arn = aws_lb_trust_store.clients.arn
  }
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.fleet.arn
  }
}

resource "aws_lb_listener_rule" "hello" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 10
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.hello.arn
  }
  condition {
    path_pattern {
      values = ["/hello"]
    }
  }
}
