-- A piece of an OpenCart 4 database: the tables that opencart.toml reads, with the columns that count there (names and
-- types as in OpenCart's own upload/system/helper/db_schema.php), and invented rows. To try opencart.toml on MariaDB.

CREATE TABLE oc_product (
  product_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  model VARCHAR(64) NOT NULL,
  quantity INT NOT NULL DEFAULT 0,
  price DECIMAL(15, 4) NOT NULL DEFAULT 0,
  status TINYINT(1) NOT NULL DEFAULT 0,
  date_modified DATETIME NOT NULL
);

CREATE TABLE oc_product_description (
  product_id INT NOT NULL,
  language_id INT NOT NULL,
  name VARCHAR(255) NOT NULL,
  PRIMARY KEY (product_id, language_id)
);

CREATE TABLE oc_customer (
  customer_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  firstname VARCHAR(32) NOT NULL,
  lastname VARCHAR(32) NOT NULL,
  email VARCHAR(96) NOT NULL,
  telephone VARCHAR(32) NOT NULL
);

CREATE TABLE oc_country (
  country_id INT NOT NULL PRIMARY KEY,
  iso_code_2 VARCHAR(2) NOT NULL
);

CREATE TABLE oc_address (
  address_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  customer_id INT NOT NULL,
  firstname VARCHAR(32) NOT NULL,
  lastname VARCHAR(32) NOT NULL,
  company VARCHAR(60) NOT NULL,
  address_1 VARCHAR(128) NOT NULL,
  address_2 VARCHAR(128) NOT NULL,
  city VARCHAR(128) NOT NULL,
  postcode VARCHAR(10) NOT NULL,
  country_id INT NOT NULL DEFAULT 0
);

CREATE TABLE oc_order (
  order_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  customer_id INT NOT NULL DEFAULT 0,
  firstname VARCHAR(32) NOT NULL,
  lastname VARCHAR(32) NOT NULL,
  email VARCHAR(96) NOT NULL,
  telephone VARCHAR(32) NOT NULL,
  payment_firstname VARCHAR(32) NOT NULL,
  payment_lastname VARCHAR(32) NOT NULL,
  payment_company VARCHAR(60) NOT NULL,
  payment_address_1 VARCHAR(128) NOT NULL,
  payment_address_2 VARCHAR(128) NOT NULL,
  payment_city VARCHAR(128) NOT NULL,
  payment_postcode VARCHAR(10) NOT NULL,
  payment_country_id INT NOT NULL,
  payment_zone VARCHAR(128) NOT NULL,
  shipping_firstname VARCHAR(32) NOT NULL,
  shipping_lastname VARCHAR(32) NOT NULL,
  shipping_company VARCHAR(60) NOT NULL,
  shipping_address_1 VARCHAR(128) NOT NULL,
  shipping_address_2 VARCHAR(128) NOT NULL,
  shipping_city VARCHAR(128) NOT NULL,
  shipping_postcode VARCHAR(10) NOT NULL,
  shipping_country_id INT NOT NULL,
  shipping_zone VARCHAR(128) NOT NULL,
  comment TEXT NOT NULL,
  total DECIMAL(15, 4) NOT NULL DEFAULT 0,
  order_status_id INT NOT NULL DEFAULT 0,
  currency_code VARCHAR(3) NOT NULL,
  currency_value DECIMAL(15, 8) NOT NULL DEFAULT 1,
  date_added DATETIME NOT NULL,
  date_modified DATETIME NOT NULL
);

CREATE TABLE oc_order_product (
  order_product_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  order_id INT NOT NULL,
  name VARCHAR(255) NOT NULL,
  model VARCHAR(64) NOT NULL,
  quantity INT NOT NULL,
  price DECIMAL(15, 4) NOT NULL DEFAULT 0,
  total DECIMAL(15, 4) NOT NULL DEFAULT 0,
  tax DECIMAL(15, 4) NOT NULL DEFAULT 0
);

CREATE TABLE oc_order_total (
  order_total_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  order_id INT NOT NULL,
  code VARCHAR(32) NOT NULL,
  title VARCHAR(255) NOT NULL,
  value DECIMAL(15, 4) NOT NULL DEFAULT 0
);

CREATE TABLE oc_order_history (
  order_history_id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  order_id INT NOT NULL,
  order_status_id INT NOT NULL,
  notify TINYINT(1) NOT NULL DEFAULT 0,
  comment TEXT NOT NULL,
  date_added DATETIME NOT NULL
);

INSERT INTO oc_product (model, quantity, price, status, date_modified) VALUES
  ('LAMPA-01', 5, 81.3008, 1, '2026-11-20 09:00:00'),
  ('LAMPA-02', 0, 99.0000, 0, '2026-11-20 09:00:00');
INSERT INTO oc_product_description VALUES
  (1, 1, 'Lampa &amp; abażur'), (1, 2, 'Lamp &amp; shade'), (2, 1, 'Lampa stojąca'), (2, 2, 'Standing lamp');
INSERT INTO oc_country VALUES (170, 'PL');
INSERT INTO oc_customer VALUES (7, 'Ana', 'Novak', 'ana@example.com', '+48 22 555 01 23');
INSERT INTO oc_address VALUES (1, 7, 'Ana', 'Novak', 'Novak &amp; Syn', 'Prosta 1', 'm. 5', 'Warszawa', '00-950', 170);
INSERT INTO oc_order VALUES
  (1, 7, 'Ana', 'Novak', 'ana@example.com', '+48 22 555 01 23', 'Ewa', 'Novak', 'Novak &amp; Syn', 'Prosta 1', 'm. 5',
   'Warszawa', '00-950', 170, 'Mazowieckie', 'Ana', 'Novak', '', 'Prosta 1', 'm. 5', 'Warszawa', '00-950', 170,
   'Mazowieckie', 'Proszę &quot;dzwonić&quot;', 206.8400, 2, 'PLN', 1, '2026-11-20 10:00:00', '2026-11-20 10:05:00'),
  (2, 0, 'Jan', 'Gość', 'jan@example.com', '', 'Jan', 'Gość', '', 'Krzywa 2', '', 'Gdańsk', '80-001', 170, '',
   '', '', '', '', '', '', '', 0, '', '', 10.0000, 0, 'PLN', 1, '2026-11-20 11:00:00', '2026-11-20 11:00:00'),
  (3, 7, 'Ana', 'Novak', 'ana@example.com', '', 'Ana', 'Novak', '', 'Prosta 1', '', 'Warszawa', '00-950', 170, '',
   'Ana', 'Novak', '', 'Prosta 1', '', 'Warszawa', '00-950', 170, '', '', 220.2000, 2, 'PLN', 1,
   '2026-11-20 12:00:00', '2026-11-20 12:00:00');
INSERT INTO oc_order_product (order_id, name, model, quantity, price, total, tax) VALUES
  (1, 'Lampa &amp; abażur', 'LAMPA-01', 2, 81.3008, 162.6016, 18.6992),
  (3, 'Lampa stojąca', 'LAMPA-02', 1, 100.0000, 100.0000, 23.0000),
  (3, 'Książka', 'BOOK-01', 4, 25.0000, 100.0000, 2.0000);
INSERT INTO oc_order_total (order_id, code, title, value) VALUES
  (1, 'sub_total', 'Suma', 162.6016), (1, 'shipping', 'Kurier', 5.0000), (1, 'handling', 'Pakowanie', 3.0000),
  (1, 'tax', 'VAT', 39.2384), (1, 'credit', 'Środki na koncie', -3.0000),
  (1, 'total', 'Razem', 206.8400),
  (3, 'sub_total', 'Suma', 200.0000), (3, 'coupon', 'Kupon (LATO)', -20.0000), (3, 'shipping', 'Kurier', 10.0000),
  (3, 'tax', 'VAT', 30.2000), (3, 'total', 'Razem', 220.2000);
